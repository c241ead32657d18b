import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { placesOf } from "../../src/store/fs/places.ts";
import { type Sandbox, sandbox } from "./sandbox.ts";

/** Each line of `ran` is a task that has run. */
const BUILD = `yonder run -k --memo --out 'out/{/.}.up' 'echo {/} >> ran; tr a-z A-Z < {} > {out}; echo made {/}; echo said {/} >&2' ::: in/*`;

function place(files: Record<string, string> = { a: "alpha\n", b: "beta\n", c: "gamma\n" }): Sandbox {
  const box = sandbox();
  mkdirSync(join(box.directory, "in"));
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(box.directory, "in", name), content);
  return box;
}

/** The tasks that the script ran, and what it showed. */
function runs(
  box: Sandbox,
  script: string,
): { ran: string[]; stdout: string; stderr: string; status: number | null } {
  writeFileSync(join(box.directory, "ran"), "");
  const { stdout, stderr, status } = box.run(script);
  const ran = readFileSync(join(box.directory, "ran"), "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return { ran: ran.sort(), stdout, stderr, status };
}

function explain(box: Sandbox, task: number): string {
  return /^ +memo +(.*)$/m.exec(box.run(`yonder explain @ ${task}`).stdout)?.[1] ?? "";
}

function content(box: Sandbox, name: string): string {
  return readFileSync(join(box.directory, name), "utf8");
}

test("what has succeeded is not run again: files and output are there, and it counts as succeeded", () => {
  using box = place();
  const first = runs(box, BUILD);
  assert.deepEqual(first.ran, ["a", "b", "c"]);
  assert.match(first.stderr, /^yonder: 0 of 3 reused from memo$/m);
  box.run("rm -r out");
  const second = runs(box, `${BUILD.replace("--memo", "--memo --joblog joblog")}`);
  assert.deepEqual(second.ran, []);
  assert.equal(second.status, 0);
  assert.equal(second.stdout, first.stdout);
  assert.equal(second.stderr.replace("3 of 3", "0 of 3"), first.stderr);
  assert.equal(content(box, "out/b.up"), "BETA\n");
  assert.deepEqual(readdirSync(join(box.directory, "out")), ["a.up", "b.up", "c.up"]);
  assert.match(explain(box, 2), /^reused/);
  assert.equal(box.run("yonder logs @ 2").stdout, "made b\n");
  const { counts, reused } = JSON.parse(box.run("yonder show @ --json").stdout);
  assert.deepEqual([counts.succeeded, reused], [3, 3]);
  assert.equal(content(box, "joblog").split("\n").length, 5);
});

test("a file that is touched is a hit, one whose content changes a miss, and the reason is told", async () => {
  using box = place();
  runs(box, BUILD);
  await sleep(50);
  const now = new Date();
  utimesSync(join(box.directory, "in/a"), now, now);
  writeFileSync(join(box.directory, "in/c"), "gamma\n");
  appendFileSync(join(box.directory, "in/b"), "more\n");
  const { ran, stderr } = runs(box, BUILD);
  assert.deepEqual(ran, ["b"]);
  assert.match(stderr, /^yonder: 2 of 3 reused from memo$/m);
  assert.equal(explain(box, 2), "not reused: input in/b changed");
  assert.equal(content(box, "out/b.up"), "BETA\nMORE\n");
  // And back: what it was before is remembered, too.
  writeFileSync(join(box.directory, "in/b"), "beta\n");
  assert.deepEqual(runs(box, BUILD).ran, []);
  assert.equal(content(box, "out/b.up"), "BETA\n");
});

test("each part of the key counts, and is named", () => {
  using box = place({ a: "alpha\n" });
  mkdirSync(join(box.directory, "h/deep"), { recursive: true });
  writeFileSync(join(box.directory, "h/deep/x.h"), "1");
  writeFileSync(join(box.directory, "names.txt"), "1");
  box.run(`mkdir bin && printf '#!/bin/sh\\ncat "$@"' > bin/show && chmod +x bin/show`);
  const base = `export PATH=$PWD/bin:$PATH CC=gcc; yonder run --memo --memo-input h --memo-env CC --memo-version 1 'show {} names.txt; echo {} >> ran' ::: in/a`;
  assert.deepEqual(runs(box, base).ran, ["in/a"]);
  assert.deepEqual(runs(box, base).ran, []);
  const changes: readonly (readonly [before: string, script: string, reason: string])[] = [
    ["", base.replace("show {}", "show  {}"), "command changed"],
    ["", base.replace("CC=gcc", "CC=clang"), "environment CC changed"],
    ["", base.replace("CC=gcc", "; unset CC"), "environment CC changed"],
    ["", base.replace("--memo-version 1", "--memo-version 2"), "version changed"],
    ["", base.replace("--memo-version 1", ""), "version is gone"],
    ["echo 2 > h/deep/x.h", base, "input h/deep/x.h changed"],
    ["echo 1 > h/y.h", base, "input h/y.h is new"],
    ["echo 2 > names.txt", base, "input names.txt changed"],
    ["rm names.txt; touch bin/show", base, "input names.txt is gone, program show changed"],
    ["", base.replace("export", "export PARALLEL_SHELL=/bin/dash"), "shell changed"],
  ];
  for (const [before, script, reason] of changes) {
    box.run(before);
    assert.deepEqual(runs(box, script).ran, ["in/a"], reason);
    assert.equal(explain(box, 1), `not reused: ${reason}`);
    assert.deepEqual(runs(box, script).ran, [], `${reason}: remembered`);
  }
});

test("a task that fails is never remembered, nor one that has changed its own input", () => {
  using box = place();
  const failing = "yonder run --memo 'echo {/} >> ran; echo half; exit 3' ::: in/a in/b";
  for (let round = 0; round < 2; round++) {
    const { ran, status } = runs(box, failing);
    assert.deepEqual(ran, ["a", "b"]);
    assert.equal(status, 2);
  }
  // It succeeds at the second try only, which counts.
  const flaky =
    "yonder run --memo --retries 2 'echo {/} >> ran; test -e flag$PARALLEL_SEQ || { touch flag$PARALLEL_SEQ; exit 1; }' ::: in/a";
  assert.deepEqual(runs(box, flaky).ran, ["a", "a"]);
  assert.deepEqual(runs(box, flaky).ran, []);
  const itself = "yonder run --memo 'echo {/} >> ran; echo more >> {}' ::: in/c";
  for (let round = 0; round < 2; round++) assert.deepEqual(runs(box, itself).ran, ["c"]);
});

test("output of any bytes and length, and the mode of a file, come back as they were", () => {
  using box = place();
  const noise =
    "yonder run -k --memo --out '{/}.sh' 'echo {} >> ran; head -c 300000 /dev/zero | tr \"\\0\" \"\\377\"; seq 20000 >&2; (cat {}; seq 100000) > {out}; chmod 750 {out}' ::: in/a";
  const first = runs(box, noise);
  const file = content(box, "a.sh");
  assert.equal(first.stdout, "\xff".repeat(300000));
  box.run("rm a.sh");
  const second = runs(box, noise);
  assert.deepEqual(second.ran, []);
  assert.equal(second.stdout, first.stdout);
  assert.equal(second.stderr.replace("1 of 1", "0 of 1"), first.stderr);
  assert.equal(content(box, "a.sh"), file);
  assert.equal(statSync(join(box.directory, "a.sh")).mode & 0o777, 0o750);
});

test("a file that is there and the same keeps its times; one that was changed is made again", () => {
  using box = place({ a: "alpha\n" });
  runs(box, BUILD);
  const out = join(box.directory, "out/a.up");
  utimesSync(out, 1000, 1000);
  runs(box, BUILD);
  assert.equal(statSync(out).mtimeMs, 1_000_000);
  writeFileSync(out, "ALPHX\n");
  assert.deepEqual(runs(box, BUILD).ran, []);
  assert.equal(readFileSync(out, "utf8"), "ALPHA\n");
});

test("--json says what was reused; --results, --tag and -v show it as if it had run", () => {
  using box = place({ a: "alpha\n" });
  const show = (options: string): string => runs(box, BUILD.replace("--memo", `--memo ${options}`)).stdout;
  assert.doesNotMatch(show("--json"), /"reused"/);
  const row = JSON.parse(show("--json"));
  assert.equal(row.reused, true);
  assert.equal(row.stdout, "made a\n");
  assert.equal(row.exitCode, 0);
  assert.equal(show("--tag"), "in/a\tmade a\n");
  show("--results res");
  assert.equal(content(box, "res/1/in\\_a/stdout"), "made a\n");
});

test("a damaged output is made again", () => {
  using box = place({ a: "alpha\n".repeat(50_000) });
  runs(box, BUILD);
  box.run(
    "rm -r out; find .local/share/yonder/store/objects -type f | while read f; do chmod +w $f; echo x >> $f; done",
  );
  const { ran, status } = runs(box, BUILD);
  assert.deepEqual([ran, status], [["a"], 0]);
  assert.equal(content(box, "out/a.up").length, 300_000);
});

test("a store that cannot be used is a warning, once, and the job runs", () => {
  using box = place();
  writeFileSync(join(box.directory, "file"), "");
  const { ran, stderr, status, stdout } = runs(box, `export YONDER_STORE=$PWD/file/store; ${BUILD}`);
  assert.deepEqual(ran, ["a", "b", "c"]);
  assert.equal(status, 0);
  assert.equal(stdout, "made a\nmade b\nmade c\n");
  assert.equal(stderr.match(/Warning: nothing is reused, for the store cannot be used/g)?.length, 1);
});

test("kill -9 in the middle loses nothing: what had succeeded is reused or was done, and the rest runs", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `f${index}`);
  using box = place(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  const slow = BUILD.replace("tr a-z", "sleep 0.05; tr a-z").replace("-k", "-k -j2");
  writeFileSync(join(box.directory, "ran"), "");
  const started = box.start(slow);
  // A success is remembered a little after it, at nobody's pace but the machine's.
  while (content(box, "ran").split("\n").length < 15 || remembered(box) < 5) await sleep(10);
  started.kill("SIGKILL");
  await started.ended;
  // What it has left behind would count as run here.
  assert.equal(box.run("yonder cancel @").status, 0);
  const { status, stdout, stderr, ran } = runs(box, slow);
  assert.equal(status, 0);
  assert.equal(stdout.split("\n").length, 41);
  const [, reused] = /(\d+) of 40 reused/.exec(stderr)!;
  const why = names.map((_, index) => `${index + 1} ${explain(box, index + 1)}`);
  assert.ok(Number(reused) >= 5, [`${reused} reused`, ...why, stderr].join("\n"));
  assert.equal(ran.length, 40 - Number(reused));
  for (const name of names) assert.equal(content(box, `out/${name}.up`), `${name.toUpperCase()}\n`);
  assert.deepEqual(runs(box, slow).ran, []);
});

/** How many tasks the store knows the outputs of. */
function remembered(box: Sandbox): number {
  const { actions } = placesOf(join(box.directory, ".local/share/yonder/store"));
  if (!existsSync(actions)) return 0;
  using db = new DatabaseSync(actions, { readOnly: true });
  try {
    return Number(db.prepare("select count(*) as count from actions where outputs <> ''").get()!["count"]);
  } catch {
    return 0; // it is being made
  }
}

test("a job that is resumed goes on with the memo", () => {
  using box = place();
  runs(box, BUILD);
  const script = `${BUILD.replace("--memo", "--memo -j1").replace("in/*", "in/* in/missing")}; echo x > in/missing; yonder resume --failed @`;
  const { ran, stderr } = runs(box, script);
  assert.deepEqual(ran, ["missing", "missing"]);
  assert.match(stderr, /3 of 4 reused/);
  assert.equal(content(box, "out/missing.up"), "X\n");
});

test("what cannot be remembered is refused before anything runs", () => {
  using box = place();
  const refused: readonly (readonly [string, RegExp])[] = [
    ["--memo --pipe wc", /--memo cannot be combined with --pipe/],
    ["--memo -u echo ::: a", /--memo cannot be combined with --ungroup/],
    ["--memo 'echo {%}' ::: a", /--memo cannot be combined with \{%\}/],
    ["--memo-env X echo ::: a", /there is no --memo/],
  ];
  for (const [words, message] of refused) {
    const { status, stderr, stdout } = box.run(`yonder run ${words} </dev/null`);
    assert.equal(status, 255, words);
    assert.match(stderr, message);
    assert.equal(stdout, "");
  }
  assert.equal(box.run("parallel --memo echo ::: a").status, 255);
});
