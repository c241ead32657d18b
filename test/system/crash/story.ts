import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../program.ts";
import { killAt } from "./moment.ts";
import { numbers, type Scenario, wordsOf } from "./scenario.ts";

const DRIVER_MS_MAX = 120_000;

/** What is left of a scenario that has been played to its end. */
export interface Story {
  readonly directory: string;
  readonly id: string;
  /** The drivers of the job, one after the other; all but the last were killed. */
  readonly parts: readonly Part[];
  /** How often each task had run, when it was found to have an outcome after a crash. */
  readonly ranBefore: ReadonlyMap<number, number>;
  readonly killCount: number;
}

/** What one driver has left. */
export interface Part {
  /** What was read from its standard output, where that is a pipe. */
  readonly reads: readonly string[];
  /** The journal after it. */
  readonly records: readonly JournalLine[];
}

export async function play(scenario: Scenario): Promise<Story> {
  const directory = mkdtempSync(join(tmpdir(), "yonder-crash-"));
  writeFileSync(join(directory, "line"), `${"x".repeat(scenario.lineBytes)}\n`);
  writeFileSync(join(directory, "numbers"), `${numbers(scenario.taskCount).join("\n")}\n`);
  const parts: Part[] = [];
  const ranBefore = new Map<number, number>();
  let killCount = 0;
  for (const moment of [...scenario.kills, undefined]) {
    const id = jobIn(directory);
    const done = id === undefined ? [] : outcomesIn(recordsIn(directory, id));
    for (const task of done) ranBefore.set(task, ranBefore.get(task) ?? ranCount(directory, task));
    const driver = start(scenario, directory, id === undefined ? wordsOf(scenario) : ["resume", id]);
    const missing = scenario.taskCount - done.length;
    const progress = { journalLines: () => journalOf(directory).split("\n").length - 1, missing };
    const killed = moment !== undefined && (await killAt(driver.child, moment, progress));
    const reads = await inTime(driver, directory);
    parts.push({ reads, records: recordsIn(directory, jobIn(directory)) });
    if (!killed) break;
    killCount++;
  }
  return { directory, id: jobIn(directory)!, parts, ranBefore, killCount };
}

export function forget({ directory }: Story): void {
  rmSync(directory, { recursive: true, force: true });
}

interface Driver {
  readonly child: ChildProcess;
  readonly reads: Promise<string[]>;
}

/** A driver that hangs is a failure with a story, not a test that never ends. */
async function inTime({ child, reads }: Driver, directory: string): Promise<string[]> {
  const timer = setTimeout(() => child.kill("SIGABRT"), DRIVER_MS_MAX);
  const result = await reads;
  clearTimeout(timer);
  if (child.signalCode === "SIGABRT") throw new Error(`the driver did not end in time: ${directory}`);
  return result;
}

function start({ input, output }: Scenario, directory: string, words: readonly string[]): Driver {
  const isFirst = words[0] === "run";
  const stdin = isFirst && input === "file" ? openSync(join(directory, "numbers"), "r") : undefined;
  const out = openSync(join(directory, "out"), "a");
  const err = openSync(join(directory, "err"), "a");
  const stdout = output === "pipe" ? "pipe" : out;
  const child = spawn(process.execPath, [program, ...words], {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      HOME: directory,
      XDG_STATE_HOME: join(directory, "state"),
      TMPDIR: directory,
      SHELL: "/bin/sh",
    },
    stdio: [
      stdin ?? (isFirst && input === "pipe" ? "pipe" : "ignore"),
      stdout,
      output === "both" ? out : err,
    ],
  });
  for (const fd of [stdin, out, err]) if (fd !== undefined) closeSync(fd);
  child.stdin?.on("error", () => {}); // killed before it has read all
  child.stdin?.end(readFileSync(join(directory, "numbers")));
  const chunks: string[] = [];
  child.stdout?.setEncoding("latin1").on("data", (chunk: string) => chunks.push(chunk));
  // A pipe is read to its end: the driver's death has closed it, since its slots do not hold it.
  const over = new Promise((resolve) => child.once(child.stdout ? "close" : "exit", resolve));
  return { child, reads: over.then(() => chunks) };
}

/** The one job that there is; a directory without a request is none. */
export function jobIn(directory: string): string | undefined {
  const jobs = join(directory, "state/yonder/jobs");
  if (!existsSync(jobs)) return undefined;
  return readdirSync(jobs).find((id) => existsSync(join(jobs, id, "request.json")));
}

export interface JournalLine {
  readonly type: string;
  readonly exitCode?: number;
  readonly task?: number;
  readonly tasks?: number;
  readonly attempt?: number;
  readonly showing?: true;
  /** How many of all announced outputs have been shown. */
  readonly count?: number;
}

/** Tasks that have an outcome; a task that has two is there twice. */
export function outcomesIn(records: readonly JournalLine[]): number[] {
  return records.flatMap(({ type, task }) => (type === "outcome" ? [task!] : []));
}

function recordsIn(directory: string, id: string | undefined): JournalLine[] {
  const lines = id === undefined ? [] : journalOf(directory, id).split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as JournalLine);
}

export function journalOf(directory: string, id: string | undefined = jobIn(directory)): string {
  const file = join(directory, "state/yonder/jobs", id ?? "", "journal.jsonl");
  return existsSync(file) ? readFileSync(file, "latin1") : "";
}

export function ranCount(directory: string, task: number): number {
  const file = join(directory, `ran${task}`);
  return existsSync(file) ? readFileSync(file, "latin1").split("\n").length - 1 : 0;
}
