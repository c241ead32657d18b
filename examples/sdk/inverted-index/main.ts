// An index of which books have which word, and how often: node examples/sdk/inverted-index/main.ts WORD…
//
// One task a book, then pairs of indexes are joined, as they come, until one is left.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { connect, type Ref } from "yonder-run";
import { type Index, merged, wordsOf } from "./tasks.ts";

const words = process.argv.length > 2 ? process.argv.slice(2) : ["ship", "whirlwind", "wisdom", "nineveh"];
const library = join(import.meta.dirname, "../../books");
const books = (await readdir(library)).filter((name) => name.endsWith(".txt")).sort();

await using y = await connect();
let indexes: Ref<Index>[] = books.map((name) =>
  y.run(wordsOf, join(library, name), name.replace(".txt", "")),
);
while (indexes.length > 1) {
  const pairs = Array.from({ length: indexes.length >> 1 }, (_, at) =>
    y.run(merged, indexes[2 * at]!, indexes[2 * at + 1]!),
  );
  indexes = indexes.length % 2 === 1 ? [...pairs, indexes.at(-1)!] : pairs;
}
const index = await indexes[0]!;
console.log(`${books.length} books, ${index.size} words`);
for (const word of words) {
  const found = [...(index.get(word) ?? [])].sort((one, other) => other[1] - one[1]);
  console.log(`${word}: ${found.map(([book, count]) => `${book} ${count}`).join(", ") || "nowhere"}`);
}
