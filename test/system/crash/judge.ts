import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { program } from "../program.ts";
import { blocksOf, type Stream, withoutNotes } from "./blocks.ts";
import { judgePipe } from "./pipe.ts";
import { numbers, outputOf, type Scenario } from "./scenario.ts";
import { outcomesIn, ranCount, type Story } from "./story.ts";

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
  eachAttemptHasItsNumber(story, tasks);
  assert.ok(!existsSync(join(directory, "overlaps")), "a task ran twice at the same time");
  assert.deepEqual(processesOf(id), [], "processes of the job live on");
  const out = (): string => readFileSync(join(directory, "out"), "latin1");
  if (scenario.output === "both") eachShownOnce(out(), scenario, tasks, ["stdout", "stderr"]);
  else {
    if (scenario.output === "file") eachShownOnce(out(), scenario, tasks, ["stdout"]);
    else judgePipe(story.parts, scenario, tasks);
    eachShownOnce(readFileSync(join(directory, "err"), "latin1"), scenario, tasks, ["stderr"]);
  }
  await logsHaveAll(scenario, story, tasks);
  const [, ...joblog] = linesIf(join(directory, "joblog"));
  assert.deepEqual(
    inOrder(joblog.map((line) => Number(line.split("\t")[0]))),
    tasks,
    "the joblog has each task once",
  );
}

/** None where there is no such file. */
function linesIf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "latin1").trimEnd().split("\n") : [];
}

function inOrder(tasks: readonly number[]): number[] {
  return [...tasks].sort((one, other) => one - other);
}

/** A pipe that broke off has given what is kept of it, and then the job has not succeeded; other input is all there. */
function eachHasOneOutcome({ input, taskCount }: Scenario, { parts, directory, id }: Story): number[] {
  const { records } = parts.at(-1)!;
  const known = records.findLast(({ type }) => type === "total")?.tasks;
  const isCutOff = known === undefined && input === "pipe";
  const total = isCutOff ? keptLines(join(directory, "state/yonder/jobs", id, "stdin")) : known;
  assert.ok(total !== undefined, "the journal has no number of tasks");
  if (isCutOff) {
    assert.ok(total <= taskCount);
    assert.equal(records.at(-1)?.exitCode, 255, "input is lost, and the job has not failed");
  } else assert.equal(total, taskCount);
  const tasks = numbers(total).map(Number);
  const outcomes = outcomesIn(records).sort((one, other) => one - other);
  assert.deepEqual(outcomes, tasks, "each task has exactly one outcome");
  return tasks;
}

/** The whole lines of standard input that were read before a driver was killed. */
function keptLines(file: string): number {
  return existsSync(file) ? readFileSync(file, "latin1").split("\n").length - 1 : 0;
}

/** Whatever began is in the journal, under a number that goes on over the drivers. */
function eachAttemptHasItsNumber({ directory, parts }: Story, tasks: readonly number[]): void {
  const numbersOf = new Map<number, number[]>(tasks.map((task) => [task, []]));
  for (const { type, task, attempt = 1 } of parts.at(-1)!.records) {
    if (type === "outcome" || type === "lost") numbersOf.get(task!)!.push(attempt);
  }
  for (const [task, found] of numbersOf) {
    assert.deepEqual(found, numbers(found.length).map(Number), `the attempts of task ${task}`);
    assert.ok(ranCount(directory, task) <= found.length, `task ${task} ran more often than it has attempts`);
  }
}

/** A regular file has each task's output once, whole and one behind the other, whatever happened in between. */
function eachShownOnce(
  text: string,
  scenario: Scenario,
  tasks: readonly number[],
  streams: readonly Stream[],
): void {
  const found = blocksOf(withoutNotes(text, streams), scenario, streams, "whole");
  assert.deepEqual(scenario.keepOrder ? found : inOrder(found), tasks, `${streams} shows each task once`);
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
