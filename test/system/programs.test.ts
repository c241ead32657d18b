import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { program } from "./program.ts";
import { type Sandbox, sandbox } from "./sandbox.ts";

/** Programs that run tasks, looked at by the commands that look at jobs. */

const library = join(dirname(program), "lib", "index.js");

/** Writes a program, and its tasks beside it; `node main.mjs` runs it. */
function write(place: Sandbox, main: string): void {
  writeFileSync(
    join(place.directory, "tasks.mjs"),
    `import { task } from ${JSON.stringify(library)};
     export const double = task((n) => 2 * n);
     export const says = task((text) => void console.log(text));
     export const fails = task((text) => { throw new RangeError(text); });
     export const rest = task((ms) => new Promise((resolve) => setTimeout(resolve, ms)));`,
  );
  writeFileSync(
    join(place.directory, "main.mjs"),
    `import { connect } from ${JSON.stringify(library)};
     import * as tasks from "./tasks.mjs";
     ${main}`,
  );
}

const node = `'${process.execPath}'`;

function stateOf(place: Sandbox): string {
  return (JSON.parse(place.run("yonder jobs --json").stdout.split("\n")[0]!) as { state: string }).state;
}

test("a program's job is in the list, its tasks' output in the log, its failures explained", () => {
  using place = sandbox();
  write(
    place,
    `await using y = await connect({ threads: 2 });
     await y.run(tasks.says, "from a task");
     for await (const n of y.map(tasks.double, [1, 2, 3]));
     await y.run(tasks.fails, "too far").catch(() => {});`,
  );
  const { stdout, status } = place.run(`${node} main.mjs one two`);
  assert.deepEqual([status, stdout], [0, "says#1  from a task\n"]);
  assert.match(place.run("yonder jobs").stdout, /failed +5 +1 .* node main\.mjs one two\n/);
  assert.equal(place.run("yonder logs @").stdout, "from a task\n");
  assert.match(place.run("yonder show @").stdout, /task 5 {2}RangeError: too far .*fails\("too far"\)/);
  const resumed = place.run("yonder resume --failed @");
  assert.equal(resumed.status, 1);
  assert.match(resumed.stderr, /run it again: cd .* && node main\.mjs one two/);
});

test("a program that is killed leaves an interrupted job with all outcomes but the last ones", () => {
  using place = sandbox();
  write(
    place,
    `const y = await connect({ threads: 2 });
     for await (const n of y.map(tasks.double, Array.from({ length: 1000 }, (_, n) => n)));
     y.run(tasks.rest, 60_000);
     setTimeout(() => process.kill(process.pid, "SIGKILL"), 500);`,
  );
  assert.equal(place.run(`exec ${node} main.mjs`).signal, "SIGKILL");
  assert.equal(stateOf(place), "interrupted");
  assert.match(place.run("yonder show @").stdout, /tasks +1000: 1000 succeeded\n/);
  assert.match(place.run("yonder explain @ 1001").stdout, /the job is interrupted; run the program again\n/);
  assert.equal(place.run("yonder cancel @; echo $?").stdout, "0\n");
  assert.equal(stateOf(place), "cancelled");
});

test("a program that exits with nothing under way has a job that ended, as well as the program did", () => {
  using place = sandbox();
  for (const [end, status, state] of [
    ["process.exit()", 0, "succeeded"],
    ["process.exit(3)", 3, "failed"],
    ["throw new Error('no')", 1, "failed"],
  ] as const) {
    write(place, `const y = await connect({ threads: 1 }); await y.run(tasks.double, 1); ${end};`);
    assert.equal(place.run(`${node} main.mjs`).status, status);
    assert.equal(stateOf(place), state);
    assert.equal(place.run("yonder wait @").status, status);
  }
  assert.match(place.run("yonder show @").stdout, /tasks +1 of 1: 1 succeeded\n/);
});

test("what a program ends itself has not failed: a loop that it leaves, a task that it cancels, what needs that", () => {
  using place = sandbox();
  write(
    place,
    `await using y = await connect({ threads: 1 });
     for await (const n of y.map(tasks.double, Array.from({ length: 100 }, (_, n) => n))) if (n > 10) break;
     const slow = y.run(tasks.rest, 60_000);
     const needs = y.run(tasks.double, slow);
     y.cancel(slow);
     await Promise.allSettled([slow, needs]);`,
  );
  assert.equal(place.run(`${node} main.mjs`).status, 0);
  assert.equal(stateOf(place), "succeeded");
  assert.equal(place.run("yonder wait @").status, 0);
});

test("wait waits for a program's tasks, and cancel ends them", async () => {
  using place = sandbox();
  write(
    place,
    `await using y = await connect({ threads: 1 });
     await y.run(tasks.rest, 60_000).catch((error) => console.log(error.code));`,
  );
  const running = place.start(`exec ${node} main.mjs`);
  place.run("until yonder show @ 2>/dev/null | grep -q 'rest(60000)'; do sleep 0.1; done");
  const waiting = place.start("yonder wait @");
  assert.equal(place.run("yonder cancel @").status, 0);
  assert.equal((await running.ended).stdout, "CANCELLED\n");
  assert.equal((await waiting.ended).status, 143);
  assert.equal(stateOf(place), "cancelled");
});

test("on a terminal the panel gives way to what the program and its tasks print, and goes at the end", () => {
  using place = sandbox({ TERM: "xterm", LC_ALL: "C.UTF-8" });
  write(
    place,
    `await using y = await connect({ threads: 2, progress: true });
     const rests = Array.from({ length: 5 }, () => y.run(tasks.rest, 400));
     await y.run(tasks.fails, "too far").catch(() => {});
     await rests[1];
     console.log("from the program");
     process.stdout.write("half a ");
     await rests[3];
     process.stdout.write("line\\n");
     await y.run(tasks.says, "from a task");`,
  );
  const { stdout } = place.run(
    `script -qec 'stty cols 80; ${node.replaceAll("'", "")} main.mjs' /dev/null </dev/null`,
  );
  const text = Buffer.from(stdout, "latin1").toString();
  assert.match(text, /\d running/);
  // What a terminal shows in the end: no panel, and no line that it has torn.
  const lines = screen(text);
  assert.match(lines.pop()!, /^See more: yonder show \w+$/);
  assert.deepEqual(lines, [
    "from the program",
    "half a line",
    "says#7  from a task",
    "1 of 7 failed:",
    '  6: RangeError: too far: fails("too far")',
  ]);
});

test("nothing of the panel is written where standard error is no terminal", () => {
  using place = sandbox();
  write(place, `await using y = await connect({ progress: true }); await y.run(tasks.rest, 700);`);
  const { stdout, stderr } = place.run(`${node} main.mjs`);
  assert.deepEqual([stdout, stderr], ["", ""]);
});

test("--trace writes a timeline of the attempts of commands", () => {
  using place = sandbox();
  place.run("yonder run -j2 --trace out.json 'sleep 0.{}; [ {} != 2 ]' ::: 1 2 3");
  const events = JSON.parse(readFileSync(join(place.directory, "out.json"), "utf8")) as Record<
    string,
    unknown
  >[];
  const slices = events.filter(({ ph }) => ph === "X") as {
    dur: number;
    name: string;
    args: { result: string };
  }[];
  assert.deepEqual(slices.map(({ args }) => args.result).sort(), ["failed", "succeeded", "succeeded"]);
  for (const { dur, name } of slices)
    assert.ok(dur >= Number(/0\.\d/.exec(name)![0]) * 1e6, `${name}: ${dur} µs`);
});

test("a run that is killed leaves a timeline that lacks no more than its end", async () => {
  using place = sandbox();
  const running = place.start("yonder run -j1 --trace out.json 'sleep {}' ::: 0 0 0.1 60");
  place.run("until grep -q 'sleep 0.1' out.json; do sleep 0.1; done");
  running.kill("SIGKILL");
  place.run("yonder cancel @");
  await running.ended;
  const text = readFileSync(join(place.directory, "out.json"), "utf8");
  const events = JSON.parse(`${text}]`) as { ph: string }[];
  assert.equal(events.filter(({ ph }) => ph === "X").length, 3);
});

/** The lines of a terminal that was written to: \r, erasing to the end of the line or of the screen, and cursor up. */
function screen(text: string): string[] {
  const lines = [""];
  let at = { row: 0, column: 0 };
  let saved = at;
  const down = (): void => {
    at.row++;
    lines[at.row] ??= "";
  };
  for (const [part] of text.matchAll(/\x1b\[\??(\d*)([A-Za-z])|\x1b[78]|[\s\S]/gu)) {
    const move = /^\x1b\[\??(\d*)([A-Za-z])$/.exec(part);
    if (part === "\r") at.column = 0;
    else if (part === "\n" || move?.[2] === "B") down();
    else if (part === "\x1b7") saved = { ...at };
    else if (part === "\x1b8") at = { ...saved };
    else if (move?.[2] === "J" || move?.[2] === "K") {
      lines[at.row] = lines[at.row]!.slice(0, at.column);
      if (move[2] === "J") lines.length = at.row + 1;
    } else if (move?.[2] === "A") at.row -= Number(move[1] || 1);
    else if (move === null) {
      const line = lines[at.row]!;
      lines[at.row] = line.slice(0, at.column).padEnd(at.column) + part + line.slice(at.column + 1);
      at.column++;
    }
  }
  while (lines.at(-1)?.trim() === "") lines.pop();
  return lines.map((line) => line.trimEnd());
}
