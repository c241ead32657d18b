import type { AttemptEnd } from "../../../interface/launcher.ts";
import { isSuccess } from "../slots/success.ts";

/** What one host has done for a job. */
export interface Tally {
  running: number;
  /** Attempts that ended, those that were lost left out. */
  ended: number;
  failed: number;
  /** Attempts that were running when their host, or their session there, was lost. */
  lost: number;
  /** Of those that ended. */
  totalMs: number;
  /** How often the host was lost. */
  losses: number;
  /** Why it could not be reached, or was lost the last time. */
  reason: string | undefined;
}

export function newTally(): Tally {
  return { running: 0, ended: 0, failed: 0, lost: 0, totalMs: 0, losses: 0, reason: undefined };
}

export function countEnd(tally: Tally, end: AttemptEnd): void {
  const { startMs, endMs, lost, unstarted } = end;
  tally.running--;
  if (unstarted) return;
  if (lost !== undefined) {
    tally.lost++;
    return;
  }
  tally.ended++;
  tally.totalMs += endMs - startMs;
  if (!isSuccess(end)) tally.failed++;
}

/** One line: what a person wants to know of a host at the end of a job. */
export function tallyText(name: string, tally: Tally, isUp: boolean): string {
  const { ended, failed, lost, losses } = tally;
  if (ended + lost + losses === 0 && !isUp) return `${name}: not reached`;
  const parts = [ended === 1 ? "1 job" : `${ended} jobs`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (lost > 0) parts.push(`${lost} lost`);
  if (ended > 0) parts.push(`${(tally.totalMs / ended / 1000).toFixed(2)} s each`);
  const times = losses === 1 ? "once" : `${losses} times`;
  if (losses > 0) parts.push(`was lost ${times} (${tally.reason})${isUp ? ", and is back" : ""}`);
  return `${name}: ${parts.join(", ")}`;
}
