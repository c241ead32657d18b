import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf, encodeText } from "../bytes/bytes.ts";
import type { Outcome } from "../core/events.ts";
import type { OutputSpec } from "../interface/launcher.ts";
import { FAILURES_SHOWN, type FailedTask, renderSummary } from "../output/summary.ts";

/** Collects what a person wants to know about failures when all is over: the first few, and how many there were. */
export interface Failures {
  add(seq: number, command: ByteString, outcome: Outcome, output: OutputSpec | undefined): void;
  /** Text for the person; empty where nothing has failed. `width` is asked for only where something has. */
  text(doneCount: number, journalId: string, width: () => number): ByteString;
}

const TAIL_BYTES = 2048;

export function collectFailures(): Failures {
  const failures: FailedTask[] = [];
  let failedCount = 0;
  return {
    add(seq, command, outcome, output) {
      if (outcome.type !== "failed" && outcome.type !== "timedOut") return;
      failedCount++;
      if (failures.length >= FAILURES_SHOWN) return;
      const { exitCode, signal } = outcome;
      const timedOut = outcome.type === "timedOut";
      const stderrTail = output?.type === "files" ? tailOf(output.stderr) : "";
      failures.push({ seq, command, exitCode, signal, timedOut, stderrTail });
    },
    text(doneCount, journalId, width) {
      if (failedCount === 0) return "";
      const againCommand = journalId === "" ? {} : { againCommand: `yonder resume --failed ${journalId}` };
      return encodeText(renderSummary({ failures, failedCount, doneCount, ...againCommand }, width()));
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
