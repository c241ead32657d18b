import assert from "node:assert/strict";
import { test } from "node:test";
import { sandbox } from "./sandbox.ts";

/** Where yonder keeps its files, and where it cannot. */

test("a home that cannot be written to: jobs run without a journal, and what needs one says what to do", () => {
  using place = sandbox({ HOME: "/proc/nowhere", XDG_STATE_HOME: undefined });
  const plain = place.run("yonder echo ::: a");
  assert.deepEqual([plain.status, plain.stdout], [0, "a\n"]);
  assert.match(plain.stderr, /^yonder: Warning: this run has no journal .*\n$/);
  for (const [command, remedy] of [
    ["sem --fg true", /PARALLEL_HOME/],
    ["sem true", /PARALLEL_HOME/],
    ["yonder --detach true ::: 1", /XDG_STATE_HOME/],
    ["yonder --max-slots 2 true ::: 1", /XDG_STATE_HOME/],
    ["yonder --record-env", /PARALLEL_HOME/],
  ] as const) {
    const { status, stderr } = place.run(command);
    assert.equal(status, 255, command);
    assert.match(stderr, remedy);
    assert.doesNotMatch(stderr, /internal error/);
  }
  assert.equal(place.run("yonder jobs").status, 0);
});

test("--out below what is no directory is an error with a remedy", () => {
  using place = sandbox();
  const { status, stderr } = place.run("touch plain; yonder --out 'plain/{}' 'echo >{out}' ::: 1");
  assert.equal(status, 255);
  assert.match(stderr, /Error: Cannot write to --out plain\/1\.\n.*check the directory/);
});

test("first runs at the same moment each have a journal", async () => {
  using place = sandbox();
  const runs = Array.from({ length: 8 }, () => place.start("yonder true ::: 1"));
  for (const run of runs) assert.deepEqual((await run.ended).stderr, "");
  assert.equal(place.run("yonder jobs --all --json").stdout.trim().split("\n").length, 8);
});

test("of two who resume a job at the same moment exactly one does", async () => {
  using place = sandbox();
  const job = "yonder '[ -e go ] || exit 1; touch began; until [ -e end ]; do sleep 0.02; done; : {}' ::: 1";
  for (let round = 0; round < 5; round++) {
    assert.equal(place.run(`rm -f go end began; ${job}`).status, 1);
    place.run("touch go");
    const both = [1, 2].map(() => place.start("yonder resume --failed @"));
    const loser = await Promise.race(both.map(async (run) => ({ run, ended: await run.ended })));
    assert.match(loser.ended.stderr, /^yonder: Error: job \w+ is running/);
    assert.equal(loser.ended.status, 255);
    place.run("until [ -e began ]; do sleep 0.02; done; touch end");
    for (const run of both) if (run !== loser.run) assert.equal((await run.ended).status, 0);
  }
});
