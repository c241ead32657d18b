import { constants } from "node:os";
import { type ByteString, decodeText } from "../bytes/bytes.ts";
import { clip } from "./progress/text.ts";

export interface FailedTask {
  readonly seq: number;
  readonly command: ByteString;
  readonly exitCode: number;
  readonly signal: number;
  readonly timedOut?: boolean;
  /** What stands in place of the exit status or signal: of a function, its error. */
  readonly reason?: string;
  /** The last lines of its standard error. */
  readonly stderrTail: ByteString;
}

export interface Summary {
  /** The first failing tasks; FAILURES_SHOWN of them are enough. */
  readonly failures: readonly FailedTask[];
  readonly failedCount: number;
  readonly doneCount: number;
  /** What has not run, where the job ended before its time. */
  readonly left?: LeftTasks;
  /** The command that runs what is left. */
  readonly restCommand?: string;
  /** The command that runs the failed ones again, and what is left. */
  readonly againCommand?: string;
  /** The command that tells more about them. */
  readonly moreCommand?: string;
}

export interface LeftTasks {
  readonly count: number;
  /** Of how many; undefined where not all input has been read, so that there may be more. */
  readonly total: number | undefined;
}

/** How many failing tasks the summary describes. */
export const FAILURES_SHOWN = 5;
const STDERR_LINES = 3;

/** What a person reads at the end when tasks have failed or have not run; empty where all is well. Ends in a newline. */
export function renderSummary(summary: Summary, width: number): string {
  // Commands to copy are never cut.
  const lines = [...failedLines(summary).map((line) => clip(line, width)), ...nextLines(summary)];
  return lines.map((line) => `${line}\n`).join("");
}

function failedLines({ failures, failedCount, doneCount }: Summary): string[] {
  if (failedCount === 0) return [];
  const shown = failures.slice(0, FAILURES_SHOWN);
  const more = failedCount - shown.length;
  return [
    `${failedCount} of ${doneCount} failed:`,
    ...shown.flatMap(describe),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function nextLines({ failedCount, left, restCommand, againCommand, moreCommand }: Summary): string[] {
  const lines: string[] = [];
  if (left !== undefined) lines.push(leftText(left) + (restCommand ? ` Run the rest: ${restCommand}` : ""));
  if (failedCount === 0) return lines;
  const these = left === undefined ? "Run just these again" : "Run the failed ones, too";
  if (againCommand !== undefined) lines.push(`${these}: ${againCommand}`);
  if (moreCommand !== undefined) lines.push(`See more: ${moreCommand}`);
  return lines;
}

function leftText({ count, total }: LeftTasks): string {
  if (total === undefined) return "Not all has run.";
  return `${count} of ${total} ${count === 1 ? "has" : "have"} not run.`;
}

function describe(task: FailedTask): string[] {
  const lines = decodeText(task.stderrTail).trimEnd().split(/\r?\n/);
  const tail = lines.slice(-STDERR_LINES).filter((line) => line !== "");
  return [
    `  ${task.seq}: ${reasonOf(task)}: ${decodeText(task.command)}`,
    ...tail.map((line) => `      ${line}`),
  ];
}

function reasonOf({ reason, exitCode, signal, timedOut }: FailedTask): string {
  if (reason !== undefined) return reason;
  if (timedOut) return "timed out";
  if (signal === 0) return `exit ${exitCode}`;
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
  return `killed by ${name ?? `signal ${signal}`}`;
}
