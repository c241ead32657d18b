import { damagedRequest, damageText } from "../../journal/damage.ts";
import { findJob } from "../../journal/find-job.ts";
import { type JobView, readJob } from "../../journal/job-view.ts";
import type { AttemptRecord, OutcomeRecord } from "../../journal/records.ts";
import type { RunningAttempt } from "../../journal/status.ts";
import { stderrTail } from "../../journal/stderr-tail.ts";
import { parseCommand } from "./command-line.ts";
import { clock, commandText, countsText, doneCount, duration, exitText, printable, table } from "./format.ts";
import type { CommandIo } from "./io.ts";
import { attemptJson, type Json, jobJson, jsonText, runningJson } from "./json.ts";

const HELP = `usage: yonder show ID [--json]

Shows one job: what was asked, how far it is, what runs now, what failed and why.
ID is a job's id, or as much of its beginning or end as only it has; @ is the newest, @2 the one before.
`;
const FAILURES_SHOWN = 5;
const STDERR_LINES = 3;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: {}, words: [1, 1] }, args, io);
  if (line === undefined) return 0;
  const view = jobView(io, line.words[0]!);
  if (line.flag("json")) io.write(`${JSON.stringify(viewJson(view))}\n`);
  else io.write(describe(view, io));
  return 0;
}

/** @throws YonderError where there is no such job */
export function jobView(io: CommandIo, name: string): JobView {
  const directory = findJob(io.env, name);
  const view = readJob(directory);
  if (view === undefined) throw damagedRequest(directory);
  return view;
}

function describe(view: JobView, io: CommandIo): string {
  const { request, summary, endedMs } = view;
  const tookMs = (endedMs ?? io.nowMs()) - request.startedMs;
  const exit = summary.finished === undefined ? "" : ` (exit ${summary.finished.exitCode})`;
  const facts = [
    ["job", `${view.id}  ${view.state}${exit}${request.detached ? ", detached" : ""}`],
    ["command", commandText(request.argv)],
    ["in", printable(request.cwd)],
    [
      "started",
      `${clock(request.startedMs)}, ${endedMs === undefined ? "running for" : "took"} ${duration(tookMs)}`,
    ],
    ["tasks", tasksText(view)],
    ["journal", view.directory],
    ...(summary.damaged.length === 0 ? [] : [["damaged", damageText(view.directory, summary.damaged)]]),
  ];
  return [
    table(facts, undefined),
    runningText(view.status?.running ?? [], io),
    failuresText(view, io),
    nextText(view),
  ].join("");
}

function tasksText({ summary, status }: JobView): string {
  const { counts, totalTasks, retries, reused } = summary;
  const total = totalTasks === undefined ? "" : ` of ${totalTasks}`;
  const running = status ? `, ${status.running.length} running` : "";
  const waiting = status?.waiting === undefined ? "" : `, ${status.waiting} waiting`;
  const retried = retries === 0 ? "" : `, ${retries} attempts tried again`;
  const remembered = reused === 0 ? "" : `, ${reused} reused from memo`;
  return `${doneCount(counts)}${total}: ${countsText(counts)}${remembered}${running}${waiting}${retried}`;
}

function runningText(running: readonly RunningAttempt[], io: CommandIo): string {
  if (running.length === 0) return "";
  const rows = running.map(({ task, slot, startMs, command }) => [
    `${task}`,
    `${slot}`,
    duration(io.nowMs() - startMs),
    printable(command),
  ]);
  return `\nrunning\n${table([["TASK", "SLOT", "FOR", "COMMAND"], ...rows], io.columns)}`;
}

function failuresText(view: JobView, io: CommandIo): string {
  const { failures, failed } = view.summary;
  if (failures.length === 0) return "";
  const shown = failures.slice(0, FAILURES_SHOWN).map((failure) => failureText(view, failure, io));
  const more = failed.size > FAILURES_SHOWN ? `… and ${failed.size - FAILURES_SHOWN} more\n` : "";
  return `\nfailed\n${shown.join("")}${more}`;
}

function failureText(view: JobView, failure: OutcomeRecord, io: CommandIo): string {
  const head = table(
    [
      [
        `task ${failure.task}`,
        exitText(failure),
        duration(failure.endMs - failure.startMs),
        printable(failure.command),
      ],
    ],
    io.columns,
  );
  // Of a function, the first lines of its stack say where it failed.
  const stack = failure.error?.split("\n").slice(1, 1 + STDERR_LINES) ?? [];
  const tail = [...stack.map((text) => text.trim()), ...stderrTail(view.directory, failure, STDERR_LINES)];
  return head + tail.map((text) => `    ${printable(text)}\n`).join("");
}

function nextText({ id, state, summary, request }: JobView): string {
  const hints: string[] = [];
  if (state === "running") hints.push(`yonder wait ${id}`, `yonder cancel ${id}`);
  else if (summary.damaged.length > 0 && !request.sdk) hints.push(`yonder resume --damaged ${id}`);
  // What a program does, only the program can do again.
  if (request.sdk) {
    if (state === "interrupted" || state === "cancelled") hints.push(commandText(request.argv));
  } else if (state !== "running") {
    const isWhole = state === "succeeded" || (state === "failed" && summary.totalTasks === summary.done.size);
    if (!isWhole) hints.push(`yonder resume ${id}`);
    else if (summary.failed.size > 0) hints.push(`yonder resume --failed ${id}`);
  }
  const [failure] = summary.failures;
  hints.push(failure ? `yonder explain ${id} ${failure.task}` : `yonder logs ${id}`);
  return `\nnext: ${hints.join("  |  ")}\n`;
}

export function viewJson(view: JobView): Json {
  const { summary, status } = view;
  return {
    ...jobJson({ ...view, ...summary, exitCode: summary.finished?.exitCode }),
    directory: view.directory,
    retries: summary.retries,
    reused: summary.reused,
    damagedLines: summary.damaged,
    driver: view.driver,
    running: status?.running.map(runningJson),
    waiting: status?.waiting,
    failures: summary.failures.map((failure) => toldJson(view.directory, failure)),
  };
}

/** With the last lines of its standard error. */
export function toldJson(directory: string, attempt: AttemptRecord): Json {
  return { ...attemptJson(attempt), stderrTail: stderrTail(directory, attempt, 20).map(jsonText) };
}
