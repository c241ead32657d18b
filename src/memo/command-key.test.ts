import assert from "node:assert/strict";
import { test } from "node:test";
import { type CommandFacts, commandQuestion } from "./command-key.ts";
import { differences } from "./differences.ts";
import { keyPart, memoKey } from "./key.ts";

const FACTS: CommandFacts = {
  command: "cc -c src/a.c -o {out}",
  args: ["src/a.c"],
  shell: "/bin/sh",
  shellState: "f () { :; }",
  directory: "/home/me/project",
  out: "build/a.o",
  parts: [keyPart("program cc", "/usr/bin/cc 1 2"), keyPart("input src/a.c", "int x;")],
  env: [["CC", "gcc"]],
  version: "1",
};

/** Each a change of one thing, and the part that it is told as. */
const CHANGES: readonly (readonly [Partial<CommandFacts>, string])[] = [
  [{ command: "cc -O2 -c src/a.c -o {out}" }, "command"],
  [{ shell: "/bin/bash" }, "shell"],
  [{ shellState: "f () { true; }" }, "functions of the shell"],
  [{ directory: "/home/me/other" }, "directory"],
  [{ out: "build/a.png" }, "extension of --out"],
  [{ parts: FACTS.parts.with(0, keyPart("program cc", "/usr/bin/cc 1 3")) }, "program cc"],
  [{ parts: FACTS.parts.with(1, keyPart("input src/a.c", "int y;")) }, "input src/a.c"],
  [{ env: [["CC", undefined]] }, "environment CC"],
  [{ version: "2" }, "version"],
];

test("a change of any one thing is another key, and named", () => {
  const before = commandQuestion(FACTS);
  for (const [change, name] of CHANGES) {
    const after = commandQuestion({ ...FACTS, ...change });
    assert.notEqual(memoKey(after.parts), memoKey(before.parts), name);
    assert.deepEqual(differences(before.parts, after.parts), [{ name, change: "changed" }]);
  }
});

test("where the output goes does not count, but for its extension", () => {
  const moved = commandQuestion({ ...FACTS, out: "elsewhere/b.o" });
  assert.equal(memoKey(moved.parts), memoKey(commandQuestion(FACTS).parts));
});

test("a task stays the same for a person when its command changes, and is another in another place", () => {
  const { subject } = commandQuestion(FACTS);
  assert.equal(commandQuestion({ ...FACTS, command: "cc", version: "2", env: [] }).subject, subject);
  assert.notEqual(commandQuestion({ ...FACTS, directory: "/" }).subject, subject);
  assert.notEqual(commandQuestion({ ...FACTS, args: ["src/b.c"] }).subject, subject);
});
