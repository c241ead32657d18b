// Thumbnails of photographs, on every core: node examples/sdk/thumbnails/main.ts [DIRECTORY]
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { connect } from "yonder-run";
import { thumbnail } from "./tasks.ts";

const WIDTH = 128;
const photos = join(import.meta.dirname, "../../photos");
const target = process.argv[2] ?? "thumbs";
const names = (await readdir(photos)).filter((name) => name.endsWith(".png")).sort();

await using y = await connect();
await mkdir(target, { recursive: true });
let done = 0;
for await (const png of y.map(
  thumbnail,
  names.map((name) => join(photos, name)),
  { args: [WIDTH] },
)) {
  const path = join(target, basename(names[done++]!));
  await writeFile(path, png);
  console.log(`${path}: ${png.length} bytes`);
}
