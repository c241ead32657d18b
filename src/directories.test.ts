import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { bufferOf } from "./bytes/bytes.ts";
import { makeDirectories, makeParent } from "./directories.ts";

const scratch = mkdtempSync(join(tmpdir(), "yonder-test-"));
after(() => rmSync(scratch, { recursive: true }));

test("all that is missing is made, with its mode, and what is there stays", () => {
  assert.equal(makeDirectories(join(scratch, "one/two//three/"), 0o700), true);
  assert.equal(statSync(join(scratch, "one")).mode & 0o777, 0o700);
  assert.equal(makeDirectories(join(scratch, "one/two/three")), false);
  assert.equal(makeDirectories(join(scratch, "one/two/four")), true);
  assert.equal(makeDirectories("/"), false);
  assert.equal(makeDirectories("."), false);
});

test("names are bytes", () => {
  makeDirectories(bufferOf(`${scratch}/\xff/\xfe`));
  makeParent(`${scratch}/\xfd/file`);
  makeParent("file");
  const names = readdirSync(scratch, { encoding: "latin1" }).filter((name) => name > "\x80");
  assert.deepEqual(names.sort(), ["\xfd", "\xff"]);
});

test("what cannot be made is an error, also below a file and where the kernel finds no entry", () => {
  writeFileSync(join(scratch, "file"), "");
  assert.throws(() => makeDirectories(join(scratch, "file")), { code: "EEXIST" });
  assert.throws(() => makeDirectories(join(scratch, "file/below")), { code: "ENOTDIR" });
  assert.throws(() => makeDirectories("/proc/none/of/these"), { code: "ENOENT" });
  assert.throws(() => makeDirectories(""), { code: "ENOENT" });
});

/** Node's own never comes back from some paths: see makeDirectories. */
test("nothing that ships makes directories in another way", () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" });
  const others = sources.filter((name) => {
    if (!name.endsWith(".ts") || /\.test\.ts$|fixture/.test(name)) return false;
    return /mkdir(?:Sync)?\([^;]*recursive: true/.test(readFileSync(join(import.meta.dirname, name), "utf8"));
  });
  assert.deepEqual(others, []);
});
