import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Moment } from "./scenario.ts";

export interface Progress {
  /** Whole lines of the journal; 0 while there is none. */
  journalLines(): number;
  /** Outcomes that are missing. */
  readonly missing: number;
}

/**
 * Kills a driver when it has come so far, whatever the machine does beside: a moment is a part of the processor time
 * that a start takes, or of the records that there are to write. False where the driver ended before.
 */
export async function killAt(child: ChildProcess, moment: Moment, progress: Progress): Promise<boolean> {
  const isReached = reached(child.pid!, moment, progress);
  let hasExited = false;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve(void (hasExited = true))));
  while (!hasExited && !isReached()) await Promise.race([sleep(1), exited]);
  if (moment.thenMs > 0 && !hasExited) await Promise.race([sleep(moment.thenMs), exited]);
  if (hasExited) return false;
  child.kill("SIGKILL");
  await exited;
  return child.signalCode === "SIGKILL";
}

/** What a driver takes until its first task begins, or about so much. */
const START_CPU_MS = 70;

function reached(pid: number, { of, part }: Moment, { journalLines, missing }: Progress): () => boolean {
  if (of === "start") return () => cpuMs(pid) >= part * START_CPU_MS;
  const from = journalLines();
  const lines = from + Math.floor(part * missing);
  return () => journalLines() > lines;
}

/** How long the main thread has been on a processor. */
function cpuMs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ", 1)[0]) / 1e6;
  } catch {
    return Number.POSITIVE_INFINITY; // gone, or a kernel that does not say: at once, then
  }
}
