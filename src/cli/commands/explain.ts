import { setTimeout as sleep } from "node:timers/promises";
import { damageText } from "../../journal/damage.ts";
import type { JobView } from "../../journal/job-view.ts";
import { outcomeIn } from "../../journal/outcomes.ts";
import type { AttemptRecord, LostRecord, OutcomeRecord, RetryRecord } from "../../journal/records.ts";
import { scanJournal } from "../../journal/scan.ts";
import type { RunningAttempt } from "../../journal/status.ts";
import { stderrTail } from "../../journal/stderr-tail.ts";
import { askProgram } from "./ask-program.ts";
import { parseCommand } from "./command-line.ts";
import { clock, doneCount, duration, exitText, printable, size, table } from "./format.ts";
import type { CommandIo } from "./io.ts";
import { type Json, outcomeWord, runningJson } from "./json.ts";
import { jobView, toldJson } from "./show.ts";
import { checkTask, taskNumber } from "./task-number.ts";
import { jobReasons, waitingReasons } from "./why.ts";

const HELP = `usage: yonder explain ID [TASK] [--json]

Says why a job, or one of its tasks, is where it is: what it waits for, and what each attempt did: command, exit status
or signal, times, peak memory, last lines of standard error.
`;
const STDERR_LINES = 10;
/** Longer than a driver takes to its first status, which it writes a second after its start. */
const SILENT_MS_MAX = 3000;
const POLL_MS = 50;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: {}, words: [1, 2] }, args, io);
  if (line === undefined) return 0;
  const view = await toldView(io, line.words[0]!);
  const task = line.words[1] === undefined ? undefined : taskNumber(line.words[1]);
  if (task !== undefined) checkTask(task, view.id, view.summary.totalTasks);
  const explanation =
    task === undefined ? explainJob(view, io.nowMs()) : await explainTask(view, task, io.nowMs());
  io.write(
    line.flag("json")
      ? `${JSON.stringify(explanationJson(view, explanation))}\n`
      : explanationText(view, explanation, io),
  );
  return 0;
}

/** Of a job that has only just begun, what its driver says first is waited for: nobody else knows why nothing starts. */
async function toldView(io: CommandIo, name: string): Promise<JobView> {
  let view = jobView(io, name);
  const isSilent = (): boolean => view.state === "running" && view.status === undefined;
  for (let waitedMs = 0; isSilent() && waitedMs < SILENT_MS_MAX; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
    view = jobView(io, view.id);
  }
  return view;
}

type ToldAttempt = OutcomeRecord | RetryRecord | LostRecord;

/** What there is to tell. */
interface Explanation {
  readonly subject: string;
  readonly state: string;
  readonly reasons: readonly string[];
  readonly attempts: readonly ToldAttempt[];
  readonly running: readonly RunningAttempt[];
}

function explainJob(view: JobView, nowMs: number): Explanation {
  return {
    subject: `job ${view.id}`,
    state: view.state,
    reasons: jobReasons(view, nowMs),
    attempts: view.summary.failures.slice(0, 10),
    running: view.status?.running ?? [],
  };
}

async function explainTask(view: JobView, task: number, nowMs: number): Promise<Explanation> {
  const attempts: ToldAttempt[] = [];
  scanJournal(view.directory, (record) => {
    const attempt =
      (record.type === "retry" || record.type === "lost") && record.task === task
        ? record
        : outcomeIn(record, task);
    if (attempt !== undefined) attempts.push(attempt);
  });
  const subject = `task ${task} of job ${view.id}`;
  const outcome = attempts.findLast((attempt) => attempt.type === "outcome");
  if (view.summary.done.has(task) && outcome) {
    return { subject, state: outcome.outcome, reasons: [], attempts, running: [] };
  }
  if (view.request.sdk && view.state === "running") {
    return { subject, attempts, ...(await askProgram(view, task)) };
  }
  const running = view.status?.running.filter((attempt) => attempt.task === task) ?? [];
  const state = running.length > 0 ? "running" : "waiting";
  const reasons = state === "waiting" ? waitingReasons(view, task, nowMs) : [];
  return { subject, state, reasons, attempts, running };
}

function explanationText(view: JobView, explanation: Explanation, io: CommandIo): string {
  const head = `${explanation.subject}: ${explanation.state}\n`;
  const { damaged } = view.summary;
  const damage = damaged.length === 0 ? [] : [damageText(view.directory, damaged)];
  const reasons = [...damage, ...explanation.reasons].map((reason) => `  ${reason}\n`);
  const attempts = explanation.attempts.map((attempt) => attemptText(view, attempt));
  const running = explanation.running.map((attempt) => runningText(attempt, io.nowMs()));
  return [head, ...reasons, ...attempts, ...running].join("");
}

function attemptText(view: JobView, attempt: ToldAttempt): string {
  if (attempt.type === "lost") {
    return `\ntask ${attempt.task}, attempt ${attempt.attempt}: lost, its driver was killed while it ran\n`;
  }
  const verdict =
    attempt.type === "outcome"
      ? attempt.outcome.replace("-", " ")
      : `${attempt.reason.replace("-", " ")}, tried again`;
  const ending = view.request.sdk && attempt.error === undefined ? "" : `, ${exitText(attempt)}`;
  const facts = [
    ["  command", printable(attempt.command)],
    ["  result", `${verdict}${attempt.lost === undefined ? ending : `, lost: ${attempt.lost}`}`],
    ...memoFact(attempt),
    ["  time", timeText(attempt)],
    ...memoryFact(attempt),
    ...outputFact(attempt),
  ];
  const tail = stderrTail(view.directory, attempt, STDERR_LINES);
  const lines = tail.length === 0 ? [] : ["  stderr\n", ...tail.map((text) => `    ${printable(text)}\n`)];
  const stack = attempt.error?.split("\n").slice(1) ?? [];
  const trace =
    stack.length === 0 ? [] : ["  stack\n", ...stack.map((text) => `    ${printable(text.trim())}\n`)];
  return [
    `\ntask ${attempt.task}, attempt ${attempt.attempt}\n`,
    table(facts, undefined),
    ...trace,
    ...lines,
  ].join("");
}

function timeText({ startMs, endMs, slot, attempt, host }: AttemptRecord): string {
  const took = duration(endMs - startMs);
  if (slot > 0) return `${clock(startMs)}, ${took} in slot ${slot}${host === undefined ? "" : ` on ${host}`}`;
  // One of many short tasks that were written down together; or one that never ran.
  return attempt > 0 ? `${clock(startMs)}, within ${took}` : clock(endMs);
}

function runningText(attempt: RunningAttempt, nowMs: number): string {
  const facts = [
    ["  command", printable(attempt.command)],
    [
      "  time",
      `since ${clock(attempt.startMs)}, ${duration(nowMs - attempt.startMs)} in slot ${attempt.slot}`,
    ],
    ...memoryFact(attempt),
  ];
  return `\ntask ${attempt.task}, attempt ${attempt.attempt}: running\n${table(facts, undefined)}`;
}

function memoFact(attempt: OutcomeRecord | RetryRecord): string[][] {
  if (attempt.type !== "outcome") return [];
  if (attempt.reused) return [["  memo", "reused: an earlier success had the same key"]];
  return attempt.missed === undefined ? [] : [["  memo", `not reused: ${attempt.missed.join(", ")}`]];
}

function memoryFact({ peakMemoryBytes }: Pick<AttemptRecord, "peakMemoryBytes">): string[][] {
  return peakMemoryBytes === undefined ? [] : [["  memory", `${size(peakMemoryBytes)} at the peak`]];
}

function outputFact(attempt: OutcomeRecord | RetryRecord): string[][] {
  if (attempt.type !== "outcome" || !(attempt.stdout || attempt.stderr)) return [];
  const { stdout, stderr } = attempt;
  return [["  output", `${size(stdout?.bytes ?? 0)} on stdout, ${size(stderr?.bytes ?? 0)} on stderr`]];
}

function explanationJson(view: JobView, explanation: Explanation): Json {
  return {
    id: view.id,
    state: outcomeWord(explanation.state),
    done: doneCount(view.summary.counts),
    reasons: explanation.reasons,
    attempts: explanation.attempts.map((attempt) => toldAttemptJson(view.directory, attempt)),
    running: explanation.running.map(runningJson),
  };
}

function toldAttemptJson(directory: string, told: ToldAttempt): Json {
  if (told.type === "lost") return { type: told.type, task: told.task, attempt: told.attempt };
  const { stdout, stderr } = told.type === "outcome" ? told : {};
  return {
    type: told.type,
    ...toldJson(directory, told),
    ...(stdout && { stdoutBytes: stdout.bytes }),
    ...(stderr && { stderrBytes: stderr.bytes }),
  };
}
