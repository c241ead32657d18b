import { readdir, readFile } from "node:fs/promises";
import { connect } from "yonder-run";
import { Counter, measure, thumbnail } from "./tasks.ts";

const photos = new URL("../../photos/", import.meta.url);
const names = (await readdir(photos)).filter((name) => name.endsWith(".png")).sort();
const images = await Promise.all(names.map((name) => readFile(new URL(name, photos))));

await using y = await connect(); // this machine
const one = y.run(thumbnail, images[0]!, 128); // Ref<Uint8Array>, at once
const size = y.run(measure, one); // a ref is an argument: the graph builds itself
console.log(names[0], await size);

const counter = await y.actor(Counter); // an instance in another thread; calls come in order
for await (const png of y.map(thumbnail, images, { args: [128], ordered: false })) {
  if (png.length < 64_000) counter.add(1);
}
console.log(await counter.add(0), "small ones");
