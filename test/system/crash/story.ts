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
import { setTimeout as sleep } from "node:timers/promises";
import { program } from "../program.ts";
import { numbers, type Scenario, wordsOf } from "./scenario.ts";

/** What is left of a scenario that has been played to its end. */
export interface Story {
  readonly directory: string;
  readonly id: string;
  /** Standard output of each driver, where it went to a pipe. */
  readonly segments: readonly string[];
  /** How often each task had run, when it was found to have an outcome after a crash. */
  readonly ranBefore: ReadonlyMap<number, number>;
  readonly killCount: number;
}

/** How long a run takes, learnt from those that came to their end. */
let typicalMs = 400;

export async function play(scenario: Scenario): Promise<Story> {
  const directory = mkdtempSync(join(tmpdir(), "yonder-crash-"));
  writeFileSync(join(directory, "line"), `${"x".repeat(scenario.lineBytes)}\n`);
  writeFileSync(join(directory, "numbers"), `${numbers(scenario.taskCount).join("\n")}\n`);
  const segments: string[] = [];
  const ranBefore = new Map<number, number>();
  let killCount = 0;
  for (const part of [...scenario.kills, undefined]) {
    const id = jobIn(directory);
    for (const task of id === undefined ? [] : outcomesIn(directory, id)) {
      ranBefore.set(task, ranBefore.get(task) ?? ranCount(directory, task));
    }
    const startMs = Date.now();
    const driver = start(scenario, directory, id === undefined ? wordsOf(scenario) : ["resume", id]);
    const killed = part !== undefined && (await killAfter(driver, part * typicalMs));
    segments.push(await driver.output);
    if (killed) killCount++;
    else if (id === undefined) typicalMs = 0.8 * typicalMs + 0.2 * (Date.now() - startMs);
    if (!killed) break;
  }
  return { directory, id: jobIn(directory)!, segments, ranBefore, killCount };
}

export function forget({ directory }: Story): void {
  rmSync(directory, { recursive: true, force: true });
}

interface Driver {
  readonly child: ChildProcess;
  readonly output: Promise<string>;
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
  let text = "";
  child.stdout?.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  // Not "close": what a killed driver leaves running may hold our end of its pipes.
  const ended = new Promise<string>((resolve) => child.once("exit", () => setImmediate(() => resolve(text))));
  return { child, output: child.stdout ? closed(child, () => text) : ended };
}

/** A pipe is read to its end: the driver's death has closed it, since its slots do not hold it. */
async function closed(child: ChildProcess, text: () => string): Promise<string> {
  await new Promise((resolve) => child.once("close", resolve));
  return text();
}

/** False where it had ended before. */
async function killAfter({ child }: Driver, delayMs: number): Promise<boolean> {
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await Promise.race([sleep(delayMs), ended]);
  if (child.exitCode !== null) return false;
  child.kill("SIGKILL");
  await ended;
  return child.signalCode === "SIGKILL";
}

/** The one job that there is; a directory without a request is none. */
export function jobIn(directory: string): string | undefined {
  const jobs = join(directory, "state/yonder/jobs");
  if (!existsSync(jobs)) return undefined;
  return readdirSync(jobs).find((id) => existsSync(join(jobs, id, "request.json")));
}

/** Tasks that have an outcome in the journal; a task that has two is there twice. */
export function outcomesIn(directory: string, id: string): number[] {
  return recordsIn(directory, id).flatMap(({ type, task }) => (type === "outcome" ? [task!] : []));
}

export interface JournalLine {
  readonly type: string;
  readonly task?: number;
  readonly tasks?: number;
}

export function recordsIn(directory: string, id: string): JournalLine[] {
  const file = join(directory, "state/yonder/jobs", id, "journal.jsonl");
  const lines = existsSync(file) ? readFileSync(file, "latin1").split("\n").slice(0, -1) : [];
  return lines.map((line) => JSON.parse(line) as JournalLine);
}

export function ranCount(directory: string, task: number): number {
  const file = join(directory, `ran${task}`);
  return existsSync(file) ? readFileSync(file, "latin1").split("\n").length - 1 : 0;
}
