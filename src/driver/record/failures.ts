import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf, encodeText } from "../../bytes/bytes.ts";
import type { Outcome } from "../../core/events.ts";
import { FAILURES_SHOWN, type FailedTask, renderSummary, type Summary } from "../../output/summary.ts";
import type { Over } from "../kind.ts";
import type { JobObserver } from "../observers.ts";

export interface EarlierFailures {
  readonly count: number;
  readonly first: readonly FailedTask[];
}

/** Collects what a person wants to know about failures when all is over: the first few, and how many there were. */
export interface Failures {
  readonly observer: Partial<JobObserver>;
  /** Text for the person; empty where all has run and nothing has failed. `width` is asked for only where there is some. */
  text(rest: Omit<Summary, "failures" | "failedCount">, width: () => number): ByteString;
}

const TAIL_BYTES = 2048;

/** @param before what failed in the runs before, and has not run again */
export function collectFailures(before: EarlierFailures = { count: 0, first: [] }): Failures {
  const failures = before.first.slice(0, FAILURES_SHOWN);
  let failedCount = before.count;
  return {
    observer: {
      ended(over, outcome) {
        if (outcome?.type !== "failed" && outcome?.type !== "timedOut") return;
        if (++failedCount <= FAILURES_SHOWN) failures.push(failureOf(over, outcome));
      },
    },
    text(rest, width) {
      if (failedCount === 0 && rest.left === undefined) return "";
      return encodeText(renderSummary({ failures, failedCount, ...rest }, width()));
    },
  };
}

function failureOf(over: Over, outcome: Outcome): FailedTask {
  const { task } = over.attempt;
  const { ran, output, reason } = task.kind.record(task, outcome, over);
  const { command, exitCode, signal } = ran;
  const stderr = output?.stderr;
  return {
    seq: task.seq,
    command,
    exitCode,
    signal,
    timedOut: reason === undefined && outcome.type === "timedOut",
    stderrTail: stderr?.type === "file" ? tailOf(stderr.path) : "",
    ...(reason !== undefined && { reason }),
  };
}

function tailOf(path: ByteString): ByteString {
  try {
    const fd = openSync(bufferOf(path), "r");
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    closeSync(fd);
    return tail.toString("latin1");
  } catch {
    return "";
  }
}
