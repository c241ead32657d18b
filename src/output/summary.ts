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
  /** The command that runs just the failed ones again. */
  readonly againCommand?: string;
  /** The command that tells more about them. */
  readonly moreCommand?: string;
}

/** How many failing tasks the summary describes. */
export const FAILURES_SHOWN = 5;
const STDERR_LINES = 3;

/** What a person reads at the end when tasks have failed; empty where none has. Ends in a newline. */
export function renderSummary(summary: Summary, width: number): string {
  if (summary.failedCount === 0) return "";
  const shown = summary.failures.slice(0, FAILURES_SHOWN);
  const lines = [`${summary.failedCount} of ${summary.doneCount} failed:`, ...shown.flatMap(describe)];
  const more = summary.failedCount - shown.length;
  if (more > 0) lines.push(`  and ${more} more`);
  // Commands to copy are never cut.
  const next: string[] = [];
  if (summary.againCommand !== undefined) next.push(`Run just these again: ${summary.againCommand}`);
  if (summary.moreCommand !== undefined) next.push(`See more: ${summary.moreCommand}`);
  return [...lines.map((line) => clip(line, width)), ...next].map((line) => `${line}\n`).join("");
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
