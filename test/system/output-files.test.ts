import assert from "node:assert/strict";
import { test } from "node:test";
import { sandbox } from "./sandbox.ts";

test("a place for output that cannot be made is refused, with its name", () => {
  using place = sandbox();
  const refused: [words: string, says: RegExp][] = [
    ["--results /proc/none", /^yonder: Error: Cannot write to `\/proc\/none\/1\/1\/stdout'\.$/m],
    ["--results '/proc/none/{}/'", /^yonder: Error: Cannot write to `\/proc\/none\/1\/stdout'\.$/m],
    ["--results /proc/none.csv", /^yonder: Error: Cannot write to --results \/proc\/none\.csv\.$/m],
    ["--joblog /proc/none/log", /^yonder: Error: Cannot write to --joblog \/proc\/none\/log\.$/m],
    ["--out '/proc/none/{}'", /^yonder: Error: Cannot write to --out \/proc\/none\/1\.$/m],
    ["--out '/dev/null/{}'", /^yonder: Error: Cannot write to --out \/dev\/null\/1\.$/m],
    ["--workdir /proc/none", /^yonder: Error: cannot make the directory \/proc\/none of --workdir$/m],
  ];
  for (const [words, says] of refused) {
    const { status, stderr } = place.run(`yonder ${words} 'echo {out}' ::: 1 2`);
    assert.match(stderr, says, words);
    assert.doesNotMatch(stderr, /internal error/, words);
    assert.equal(status, 255, words);
  }
});
