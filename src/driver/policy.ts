import type { HaltPolicy, JobPolicy, TimeoutPolicy } from "../core/policy.ts";
import type { FailureOptions, LimitOptions } from "../options/options.ts";

/** The scheduler's part of the command line. */
export function policyOf(options: FailureOptions & LimitOptions): JobPolicy {
  return {
    tries: options.retries === Number.POSITIVE_INFINITY ? 0 : options.retries,
    halt: haltOf(options.halt),
    timeout: timeoutOf(options.timeout),
    delay: { delayMs: options.delay?.ms ?? 0, auto: options.delay?.auto ?? false },
    askBeforeStart:
      options.load !== undefined ||
      options.memfreeBytes !== undefined ||
      options.memsuspendBytes !== undefined ||
      options.noswap ||
      options.limit !== undefined ||
      options.maxSlots !== undefined,
  };
}

function haltOf(halt: FailureOptions["halt"]): HaltPolicy {
  if (halt.when === "never") return halt;
  const threshold =
    "count" in halt
      ? ({ type: "count", count: halt.count } as const)
      : ({ type: "percent", percent: halt.percent } as const);
  return { when: halt.when, why: halt.what, threshold };
}

function timeoutOf(timeout: FailureOptions["timeout"]): TimeoutPolicy {
  if (timeout === undefined) return { type: "none" };
  return timeout.type === "duration"
    ? { type: "fixed", timeoutMs: timeout.ms }
    : { type: "percent", percent: timeout.percent };
}
