// Declarations of the published package, in dist/types/: one file for each way in, as an ES module and as CommonJS, and what
// they share in files of their own.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { ENTRIES } from "./entries.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const types = join(root, "dist/types");

rmSync(types, { recursive: true, force: true });
const bundle = await rollup({
  input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(root, path)])),
  external: [/^node:/, "@opentelemetry/api"],
  plugins: [dts({ tsconfig: join(root, "src/tsconfig.json") })],
});
await bundle.write({ dir: types, entryFileNames: "[name].d.ts", chunkFileNames: "[name].d.ts" });
await bundle.close();

// Node gives require() the same modules, but the compiler wants to read in a name how a module is to be loaded.
for (const name of readdirSync(types)) {
  const text = readFileSync(join(types, name), "utf8");
  writeFileSync(
    join(types, name.replace(/\.d\.ts$/, ".d.cts")),
    text.replace(/(from '\.\/.*)\.js'/g, "$1.cjs'"),
  );
}
