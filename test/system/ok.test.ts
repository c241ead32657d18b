import assert from "node:assert/strict";
import { test } from "node:test";
import { scratch } from "./scratch.ts";

/** --ok: statuses that count as success beside 0, for all that judges a task. */

function column(log: string, index: number): string[] {
  return log
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t")[index]!);
}

test("a status of --ok is no failure: exit status, retries, halt, the journal; the joblog has it as it was", () => {
  using place = scratch([]);
  const run = place.run(
    "yonder -j1 --ok 0,1 --retries 3 --halt now,fail=1 --joblog log 'echo t; exit' ::: 0 1 0",
  );
  assert.deepEqual([run.status, run.stdout, run.stderr], [0, "t\nt\nt\n", ""]);
  assert.deepEqual(column(place.run("cat log").stdout, 6), ["0", "1", "0"]);
  assert.match(place.run("yonder show @").stdout, /3 of 3: 3 succeeded/);
  assert.equal(place.run("yonder --ok 3-5,9 exit ::: 3 4 5 9").status, 0);
  assert.equal(place.run("yonder --ok 3-5,9 exit ::: 2 4 6 9").status, 2);
});

test("what is not named fails as ever, and so does a signal", () => {
  using place = scratch([]);
  assert.equal(place.run("yonder --ok 1 exit ::: 0 1 2").status, 1);
  assert.equal(place.run("yonder --ok 9,137 'kill -9 $$; :' ::: 1").status, 1);
  assert.equal(place.run("yonder --ok 1 --timeout 0.2 'trap \"exit 1\" TERM; sleep 20; :' ::: 1").status, 1);
});

test("a joblog is read by the same rule: --resume-failed and --retry-failed", () => {
  using place = scratch([]);
  place.run("yonder -k --ok 1 --joblog log 'exit {}' ::: 0 1 2");
  const again = place.run("yonder -k --ok 1 --joblog log --resume-failed 'echo again {}; :' ::: 0 1 2");
  assert.equal(again.stdout, "again 2\n");
  place.run("yonder -k --joblog other 'exit {}' ::: 0 1 2");
  assert.equal(place.run("yonder --ok 1,2 --joblog other --retry-failed; echo $?").stdout, "0\n");
});

test("resume --failed takes the statuses of the job", () => {
  using place = scratch([]);
  place.run("yonder --ok 1 'echo {} >>ran; exit {}' ::: 1 2");
  place.run("yonder resume --failed @");
  assert.equal(place.run("sort ran").stdout, "1\n2\n2\n");
});

test("--memo remembers it with its status, and does not reuse it where that is a failure", () => {
  using place = scratch([]);
  place.run("printf 'a\\n' >file");
  const count = (options: string): string =>
    place.run(`yonder --memo --joblog log ${options} 'grep -c b' ::: file 2>&1; echo rc=$?`).stdout;
  count("--ok 1");
  assert.equal(count("--ok 1"), "0\nyonder: 1 of 1 reused from memo\nrc=0\n");
  assert.deepEqual(column(place.run("cat log").stdout, 6), ["1"]);
  assert.match(count(""), /^0\nyonder: 0 of 1 reused[\s\S]*rc=1\n$/);
});

test("--out is put in its place after a status of --ok, and a lost one is a failure whatever its status", () => {
  using place = scratch([]);
  assert.equal(
    place.run("yonder --ok 1 --out '{}.made' 'echo x >{out}; exit 1 #' ::: a; cat a.made").stdout,
    "x\n",
  );
  assert.equal(place.run("yonder --ok 1 --out '{}.none' 'exit 1 #' ::: a").status, 1);
});

test("a bad list is refused", () => {
  using place = scratch([]);
  for (const list of ["x", "", "1,", "256", "5-3"]) {
    const { status, stderr } = place.run(`yonder --ok '${list}' true ::: 1`);
    assert.equal(status, 255, list);
    assert.match(stderr, /--ok .* must be exit statuses from 0 to 255/, list);
  }
});
