import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf, encodeText } from "../bytes/bytes.ts";
import type { Outcome } from "../core/events.ts";
import type { OutputSpec } from "../interface/launcher.ts";
import { FAILURES_SHOWN, type FailedTask, renderSummary, type Summary } from "../output/summary.ts";

export interface EarlierFailures {
  readonly count: number;
  readonly first: readonly FailedTask[];
}

/** Collects what a person wants to know about failures when all is over: the first few, and how many there were. */
export interface Failures {
  /** `describe` is called only where the outcome is a failure that will be shown. */
  note(outcome: Outcome, describe: () => FailedTask): void;
  add(seq: number, command: ByteString, outcome: Outcome, output: OutputSpec | undefined): void;
  /** Text for the person; empty where all has run and nothing has failed. `width` is asked for only where there is some. */
  text(rest: Omit<Summary, "failures" | "failedCount">, width: () => number): ByteString;
}

const TAIL_BYTES = 2048;

/** @param before what failed in the runs before, and has not run again */
export function collectFailures(before: EarlierFailures = { count: 0, first: [] }): Failures {
  const failures = before.first.slice(0, FAILURES_SHOWN);
  let failedCount = before.count;
  const note: Failures["note"] = (outcome, describe) => {
    if (outcome.type !== "failed" && outcome.type !== "timedOut") return;
    if (++failedCount <= FAILURES_SHOWN) failures.push(describe());
  };
  return {
    note,
    add(seq, command, outcome, output) {
      note(outcome, () => {
        const { exitCode = 0, signal = 0 } = outcome as Partial<Extract<Outcome, { type: "failed" }>>;
        const timedOut = outcome.type === "timedOut";
        const stderrTail = output?.type === "files" ? tailOf(output.stderr) : "";
        return { seq, command, exitCode, signal, timedOut, stderrTail };
      });
    },
    text(rest, width) {
      if (failedCount === 0 && rest.left === undefined) return "";
      return encodeText(renderSummary({ failures, failedCount, ...rest }, width()));
    },
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
