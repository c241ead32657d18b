import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { program } from "../program.ts";
import { numbers, outputOf, type Scenario } from "./scenario.ts";
import { outcomesIn, ranCount, recordsIn, type Story } from "./story.ts";

/** Everything that must hold after a story of crashes, whatever happened in it. */
export async function judge(scenario: Scenario, story: Story): Promise<void> {
  const { directory, id, killCount } = story;
  const tasks = eachHasOneOutcome(scenario, story);
  for (const [task, count] of story.ranBefore) {
    assert.equal(ranCount(directory, task), count, `task ${task} had its outcome and ran again`);
  }
  for (const task of tasks) {
    const count = ranCount(directory, task);
    assert.ok(count >= 1 && count <= 1 + killCount, `task ${task} ran ${count} times`);
  }
  assert.ok(!existsSync(join(directory, "overlaps")), "a task ran twice at the same time");
  assert.deepEqual(processesOf(id), [], "processes of the job live on");
  const keptOrder = scenario.keepOrder ? tasks : undefined;
  if (scenario.output === "file") {
    eachShownOnce(readFileSync(join(directory, "out"), "latin1"), scenario, tasks, "stdout", keptOrder);
    eachShownOnce(
      onlyOfTasks(readFileSync(join(directory, "err"), "latin1")),
      scenario,
      tasks,
      "stderr",
      keptOrder,
    );
  } else if (scenario.output === "both")
    eachShownOnceInOne(readFileSync(join(directory, "out"), "latin1"), scenario, tasks);
  else eachShownWhole(story.segments, scenario, tasks);
  await logsHaveAll(scenario, story, tasks);
  const [, ...joblog] = readFileSync(join(directory, "joblog"), "latin1").trimEnd().split("\n");
  assert.deepEqual(
    inOrder(joblog.map((line) => Number(line.split("\t")[0]))),
    tasks,
    "the joblog has each task once",
  );
}

function inOrder(tasks: readonly number[]): number[] {
  return [...tasks].sort((one, other) => one - other);
}

/** Input from a pipe that broke off is as long as the journal says; other input is all there. */
function eachHasOneOutcome({ input, taskCount }: Scenario, { directory, id }: Story): number[] {
  const total = recordsIn(directory, id).findLast(({ type }) => type === "total")?.tasks;
  assert.ok(total !== undefined, "the journal has no number of tasks");
  if (input === "pipe") assert.ok(total <= taskCount);
  else assert.equal(total, taskCount);
  const tasks = numbers(total).map(Number);
  const outcomes = outcomesIn(directory, id).sort((one, other) => one - other);
  assert.deepEqual(outcomes, tasks, "each task has exactly one outcome");
  return tasks;
}

/** The summary of failures and warnings are not of tasks. */
function onlyOfTasks(text: string): string {
  return text.replaceAll(/^(?!(?:\d+\t)?error\d+$).*\n/gm, "");
}

function eachShownOnce(
  text: string,
  scenario: Scenario,
  tasks: readonly number[],
  stream: "stdout" | "stderr",
  order: readonly number[] | undefined,
): void {
  const found = blocksOf(text, scenario, stream, "whole");
  const expected = order ?? [...tasks];
  assert.deepEqual(
    order ? found : found.sort((one, other) => one - other),
    expected,
    `${stream} shows each task once`,
  );
}

function eachShownOnceInOne(text: string, scenario: Scenario, tasks: readonly number[]): void {
  const lines = `\n${text}`;
  for (const task of tasks) {
    const { stdout, stderr } = outputOf(scenario, task);
    for (const block of [stdout, stderr]) {
      const first = lines.indexOf(`\n${block}`);
      const name = JSON.stringify(block.slice(0, 20));
      assert.notEqual(first, -1, `${name} is not shown`);
      assert.equal(lines.indexOf(`\n${block}`, first + 1), -1, `${name} is shown twice`);
    }
  }
}

/**
 * Nobody can ask a pipe what it has passed on: the last driver's batch may come again from the next one, and may be cut
 * off in the pipe of the first. What comes again is the end of what had come.
 */
function eachShownWhole(segments: readonly string[], scenario: Scenario, tasks: readonly number[]): void {
  const shown: number[] = [];
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    const found = blocksOf(segment, scenario, "stdout", isLast ? "whole" : "cut off");
    assert.equal(new Set(found).size, found.length, `driver ${index + 1} shows a task twice`);
    // A driver that was killed soon may have shown only the beginning of what it was to show again.
    const from = shown.indexOf(found[0] ?? 0);
    const again = from === -1 ? [] : shown.splice(from);
    assert.deepEqual(
      found.slice(0, again.length),
      again.slice(0, found.length),
      "what comes again came last",
    );
    shown.push(...(found.length < again.length ? again : found));
  });
  assert.deepEqual(
    [...shown].sort((one, other) => one - other),
    tasks,
    "each task is shown",
  );
  if (scenario.keepOrder) assert.deepEqual(shown, tasks);
}

/** The tasks whose outputs a text consists of, in order; nothing else may be in it. */
function blocksOf(
  text: string,
  scenario: Scenario,
  stream: "stdout" | "stderr",
  end: "whole" | "cut off",
): number[] {
  const found: number[] = [];
  for (let at = 0; at < text.length; ) {
    const task = Number(/^(?:\d+\t)?(?:<|error)(\d+)\n/.exec(text.slice(at, at + 40))?.[1] ?? 0);
    const block = outputOf(scenario, task)[stream];
    if (!text.startsWith(block, at)) {
      const isCutOff = end === "cut off" && (task === 0 || block.startsWith(text.slice(at)));
      assert.ok(isCutOff, `after tasks ${found}: ${JSON.stringify(text.slice(at, at + 60))}`);
      break;
    }
    found.push(task);
    at += block.length;
  }
  return found;
}

async function logsHaveAll(
  scenario: Scenario,
  { directory, id }: Story,
  tasks: readonly number[],
): Promise<void> {
  const env = { ...process.env, HOME: directory, XDG_STATE_HOME: join(directory, "state") };
  const options = { env, encoding: "latin1", maxBuffer: 1 << 30 } as const;
  const { stdout } = await promisify(execFile)(process.execPath, [program, "logs", id, "--json"], options);
  const logs = stdout
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    logs.map((log) => Number(log["task"])).sort((one, other) => one - other),
    tasks,
  );
  for (const log of logs) {
    const task = Number(log["task"]);
    assert.deepEqual(
      { stdout: log["stdout"], stderr: log["stderr"] },
      outputOf({ ...scenario, tag: false }, task),
    );
    assert.equal(log["outcome"], task % 7 === 0 ? "failed" : "succeeded");
  }
}

/** Processes that carry the job's mark. */
export function processesOf(id: string): string[] {
  return readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/environ`, "latin1").includes(`YONDER_JOB=${id}`);
    } catch {
      return false; // gone, or not ours
    }
  });
}
