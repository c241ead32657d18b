import type { Outcome } from "../../src/core/events.ts";
import type { BackoffPolicy, DelayPolicy, HaltPolicy, TimeoutPolicy } from "../../src/core/policy.ts";
import type { AttemptSeen, Seen } from "./judge.ts";

/** The outcome that a task must have, from what was seen of its last attempt: the slow and obvious way. */
export function expectedOutcome(seen: Seen): Outcome["type"] | "none" {
  if (seen.skipped) return "skipped";
  const end = seen.lastEnd;
  if (end !== undefined && end.stoppedFor !== "cancel" && end.stoppedFor !== "halt") {
    if (hasSucceeded(end)) return "succeeded";
    const { tries } = seen.class;
    const goesOn = end.interrupted && end.stoppedFor !== "eviction";
    const lastTry = !goesOn && (end.final || (tries !== 0 && seen.attempts >= tries));
    if (lastTry && end.stoppedFor === "timeout") return "timedOut";
    if (lastTry && end.stoppedFor === "eviction") return "cancelled";
    if (lastTry) return "failed";
  }
  if (end?.stoppedFor === "halt") return "cancelled";
  return seen.cancelAsked || end?.stoppedFor === "cancel" ? "cancelled" : "none";
}

export function hasSucceeded(end: AttemptSeen): boolean {
  const obeyed = end.stoppedFor !== undefined && end.stoppedFor !== "eviction";
  return end.exitCode === 0 && end.signal === 0 && !obeyed;
}

export function expectedTimeoutMs(timeout: TimeoutPolicy, runtimesMs: readonly number[]): number {
  if (timeout.type === "none") return Number.POSITIVE_INFINITY;
  if (timeout.type === "fixed") return timeout.timeoutMs;
  const sorted = [...runtimesMs].sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return median === undefined ? Number.POSITIVE_INFINITY : Math.max(1000, (timeout.percent / 100) * median);
}

/** The rest after so many attempts, one after the other. */
export function expectedRestMs({ delayMs, factor, maxMs }: BackoffPolicy, attempts: number): number {
  let restMs = delayMs;
  for (let attempt = 1; attempt < attempts; attempt++) restMs *= factor;
  return Math.min(restMs, delayMs === 0 ? 0 : maxMs);
}

export function expectedDelayMs(delay: DelayPolicy, delayMs: number, succeeded: boolean): number {
  if (!delay.auto) return delayMs;
  return succeeded ? delayMs * 0.9 : delayMs * 1.3;
}

/** The exit status from the outcomes in order, each time counted anew. */
export function expectedStatus(
  halt: HaltPolicy,
  order: readonly { outcome: Outcome }[],
  total: number,
): number {
  const outcomes = order.map(({ outcome }) => outcome);
  const bad = (upTo: number): number =>
    outcomes.slice(0, upTo).filter(({ type }) => type !== "succeeded").length;
  const shown = (failed: number): number => {
    if (halt.when === "never" || halt.threshold.type === "count") return Math.min(101, failed);
    return total === 0 ? 0 : Math.ceil((failed * 100) / total);
  };
  if (halt.when === "never") return shown(bad(outcomes.length));
  const { threshold, why } = halt;
  const needed = threshold.type === "count" ? threshold.count : (total * threshold.percent) / 100;
  let counted = 0;
  for (const [index, outcome] of outcomes.entries()) {
    const success = outcome.type === "succeeded";
    if (why !== "done" && success !== (why === "success")) continue;
    if (++counted < needed) continue;
    if (needed === 1) return statusOf(outcome);
    return why === "success" ? 0 : shown(bad(index + 1));
  }
  return shown(bad(outcomes.length));
}

function statusOf(outcome: Outcome): number {
  if (outcome.type === "failed") return outcome.signal ? outcome.signal + 128 : outcome.exitCode;
  return { succeeded: 0, timedOut: 255, cancelled: 255, skipped: 254 }[outcome.type];
}
