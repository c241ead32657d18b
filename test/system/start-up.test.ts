import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { program } from "./program.ts";
import { sandbox } from "./sandbox.ts";

// What makes a yonder start soon, held without a clock.

/** Says when Node's modules are asked for, and whether V8 still takes code that was made for the flags that Node began with. */
const PROBE = `
const { Script } = require("node:vm");
// V8 compares the length alone, and does not look where it has compiled the same text already.
let number = 1000;
const source = () => "(function () { return " + ++number + " })";
const cachedData = new Script(source()).createCachedData();
const { getBuiltinModule } = process;
process.getBuiltinModule = (name) => {
  if (new Script(source(), { cachedData }).cachedDataRejected) console.error("other flags", name);
  if (name === "node:child_process") console.error("asked");
  return getBuiltinModule(name);
};
`;

test("Node has its own modules for the flags it begins with: it need not compile them", () => {
  using place = sandbox();
  writeFileSync(join(place.directory, "probe.cjs"), PROBE);
  const { stdout, stderr } = place.run(`'${process.execPath}' -r ./probe.cjs '${program}' echo ::: a`);
  assert.deepEqual([stdout, stderr], ["a\n", "asked\n"]);
});

test("what only some commands need is not read by a run, and is read once by those", () => {
  using place = sandbox();
  const probe = `
    const fs = require("node:fs");
    const { readFileSync } = fs;
    fs.readFileSync = (path, ...more) => {
      if (/\\/later\\.js$/.test(path)) console.error("later");
      return readFileSync(path, ...more);
    };`;
  writeFileSync(join(place.directory, "probe.cjs"), probe);
  const said = (words: string) =>
    place.run(`'${process.execPath}' -r ./probe.cjs '${program}' ${words}`).stderr;
  assert.equal(said("-j2 echo ::: a b"), "");
  assert.equal(said("jobs"), "later\n");
});
