import type { HaltPolicy, JobPolicy, TimeoutPolicy } from "../../../core/policy.ts";
import { countIn } from "../../../options/build/number.ts";
import type { FailureOptions, LimitOptions } from "../../../options/options.ts";

import { SKIP, type Template } from "../../../template/template.ts";
import type { Task } from "../tasks/task.ts";
import { type RenderFacts, render } from "../text/templates.ts";

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

/** --retries with replacement strings. No slot is known yet: its number is as in a job's first one. */
export function triesFrom(template: Template, facts: RenderFacts): (task: Task) => number {
  return (task) => {
    const text = render(template, task, 1, facts);
    return text === SKIP ? 1 : countIn(text, "retries", 0);
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
