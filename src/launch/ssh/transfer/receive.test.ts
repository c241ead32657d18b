import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { YonderError } from "../../../interface/errors.ts";
import { receive } from "./receive.ts";
import type { TarRead } from "./tar-read.ts";

function scratch(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "yonder-receive-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const entry = (name: string, type: TarRead["type"] = "file", linkTarget = ""): TarRead => ({
  name,
  type,
  mode: 0o644,
  mtimeS: 1e9,
  size: 1,
  linkTarget,
});

test("a host has no say in where files go here", (t) => {
  const directory = scratch(t);
  const root = { name: "d", local: `${directory}/here/d` };
  const received = receive([root]);
  received.onEntry(entry("./d", "directory"));
  for (const name of ["./d/../../evil", "../evil", "/evil", "./other", "./d/l/../../../evil"]) {
    received.onEntry(entry(name));
    received.onBytes(Buffer.from("x"));
  }
  // Through a link that came with it.
  received.onEntry(entry("./d/l", "link", directory));
  received.onEntry(entry("./d/l/evil"));
  received.onBytes(Buffer.from("x"));
  const result = received.place().get(root);
  assert.deepEqual(readdirSync(directory), ["here"]);
  assert.ok(result instanceof YonderError, "the link and the file in it cannot both be");
  assert.equal(readFileSync(`${directory}/here/d/l/evil`, "utf8"), "x");
});

test("what has one name in two directories is told apart by its order", (t) => {
  const directory = scratch(t);
  const roots = ["one", "two", "three"].map((name) => ({ name: "same", local: `${directory}/${name}` }));
  const received = receive(roots);
  for (const letter of ["a", "b", "c"]) {
    received.onEntry(entry("./same"));
    received.onBytes(Buffer.from(letter));
  }
  received.place();
  assert.deepEqual(
    ["one", "two", "three"].map((name) => readFileSync(`${directory}/${name}`, "utf8")),
    ["a", "b", "c"],
  );
});

test("nothing is seen of it before it is placed, and nothing after it is discarded", (t) => {
  const directory = scratch(t);
  const received = receive([{ name: "a", local: `${directory}/a` }]);
  received.onEntry(entry("./a"));
  received.onBytes(Buffer.from("x"));
  assert.ok(!existsSync(`${directory}/a`));
  received.discard();
  assert.deepEqual(readdirSync(directory), []);
});

test("one that cannot be written does not keep others from their places", (t) => {
  const directory = scratch(t);
  mkdirSync(`${directory}/taken`);
  symlinkSync("nowhere", `${directory}/link`);
  const roots = ["taken", "free", "link"].map((name) => ({ name, local: `${directory}/${name}` }));
  const received = receive(roots);
  for (const { name } of roots) {
    received.onEntry(entry(`./${name}`));
    received.onBytes(Buffer.from("x"));
  }
  const placed = received.place();
  const [taken, free, link] = roots.map((root) => placed.get(root));
  assert.match((taken as YonderError).message, /taken: a directory is in its way$/);
  assert.deepEqual([free, link], [1, 1]);
  assert.deepEqual(readdirSync(directory).sort(), ["free", "link", "taken"]);
  assert.equal(readFileSync(`${directory}/link`, "utf8"), "x");
});
