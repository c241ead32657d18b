import assert from "node:assert/strict";
import { test } from "node:test";
import { flagsForProcess, flagsForThread } from "./node-flags.ts";

const kept = [
  "--import",
  "./hook.mjs",
  "-r",
  "./old.cjs",
  "--enable-source-maps",
  "--max-old-space-size=100",
];

test("a process gets the flags of this one, but for those of its start, with their values", () => {
  const dropped = [
    ["-e", "-1; connect()"],
    ["-p", "1"],
    ["-pe", "1"],
    ["--eval", "connect()"],
    ["--eval=1"],
    ["--print", "1"],
    ["--input-type=module"],
    ["--input-type", "module"],
    ["-i"],
    ["--inspect-brk=0"],
    ["--test", "--test-name-pattern", "a"],
    ["--watch", "--watch-path", "src"],
  ];
  for (const flags of dropped) {
    assert.deepEqual(flagsForProcess([...flags, ...kept]), kept, flags.join(" "));
    assert.deepEqual(flagsForProcess([...kept, ...flags]), kept, flags.join(" "));
  }
});

test("a thread has them as they are, unless one of them keeps it from loading its file", () => {
  assert.equal(flagsForThread([...kept, "-e", "1"]), undefined);
  assert.deepEqual(flagsForThread(["--input-type=module", ...kept, "-e", "1"]), kept.slice(0, 5));
});
