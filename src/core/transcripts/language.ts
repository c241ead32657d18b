import type { Effect, JobEvent, JobSummary, Outcome } from "../events.ts";
import {
  DEFAULT_POLICY,
  type HaltPolicy,
  type JobPolicy,
  type TaskClass,
  type TimeoutPolicy,
} from "../policy.ts";
import { exitStatus } from "../summary.ts";

/**
 * Events and effects as lines of text, for transcripts that a person can read and a reviewer can diff.
 *
 * A line is a word, values without a name, and values with one: `end 3 exit=1 at=200`. `at` is the time in
 * milliseconds; without it no time has passed.
 */
export interface Line {
  readonly verb: string;
  readonly values: readonly string[];
  readonly named: ReadonlyMap<string, string>;
}

export function parseLine(text: string): Line {
  const [verb = "", ...rest] = text.trim().split(/ +/);
  const named = new Map<string, string>();
  const values: string[] = [];
  for (const word of rest) {
    const at = word.indexOf(":");
    const equals = at >= 0 ? at : word.indexOf("=");
    if (equals < 0) values.push(word);
    else named.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return { verb, values, named };
}

/** `policy tries:2 halt:soon,fail=1 timeout:200% delay:300auto ask` */
export function parsePolicy(line: Line): JobPolicy {
  const delay = line.named.get("delay") ?? "0";
  return {
    ...DEFAULT_POLICY,
    tries: Number(line.named.get("tries") ?? 1),
    halt: parseHalt(line.named.get("halt") ?? "never"),
    timeout: parseTimeout(line.named.get("timeout")),
    delay: { delayMs: Number.parseFloat(delay), auto: delay.endsWith("auto") },
    askBeforeStart: line.values.includes("ask"),
  };
}

/** `class tries:2 timeout:100 backoff:10*2<80 priority:5 pool:1 places:1,3 needs:0*1,1*2 ahead` */
function parseClass(line: Line): TaskClass {
  const { named } = line;
  const numbers = (name: string): number[] => (named.get(name)?.match(/[\d.]+/g) ?? []).map(Number);
  const [delayMs = 0, factor = 1, maxMs = Number.POSITIVE_INFINITY] = numbers("backoff");
  return {
    tries: Number(named.get("tries") ?? 1),
    timeout: parseTimeout(named.get("timeout")),
    backoff: { delayMs, factor, maxMs },
    priority: Number(named.get("priority") ?? 0),
    pool: Number(named.get("pool") ?? 0),
    ...(named.has("places") ? { places: numbers("places") } : {}),
    needs: (named.get("needs")?.split(",") ?? []).map((need) => {
      const [resource = 0, amount = 1] = need.split("*").map(Number);
      return { resource, amount };
    }),
    queueAhead: line.values.includes("ahead"),
  };
}

function formatClass(spec: TaskClass): string {
  const { tries, timeout, backoff, priority, pool, places, needs, queueAhead } = spec;
  const { delayMs, factor, maxMs } = backoff;
  const words = [`class tries:${tries} priority:${priority} pool:${pool}`];
  if (places !== undefined) words.push(`places:${places.join(",")}`);
  if (timeout.type === "fixed") words.push(`timeout:${timeout.timeoutMs}`);
  if (timeout.type === "percent") words.push(`timeout:${timeout.percent}%`);
  if (delayMs > 0) words.push(`backoff:${delayMs}*${factor}<${maxMs}`);
  if (needs.length > 0)
    words.push(`needs:${needs.map((need) => `${need.resource}*${need.amount}`).join(",")}`);
  if (queueAhead) words.push("ahead");
  return words.join(" ");
}

/** `attemptOf` gives the newest attempt of a task, for lines that do not name one. */
export function parseEvent(line: Line, nowMs: number, attemptOf: (task: number) => number): JobEvent {
  const { verb, values, named } = line;
  const first = Number(values[0]);
  const number = (name: string): number => Number(named.get(name) ?? 0);
  const attempt = named.has("attempt") ? number("attempt") : attemptOf(first);
  switch (verb) {
    case "add":
      return {
        type: "tasksAdded",
        nowMs,
        count: first,
        class: number("class"),
        blocked: values.includes("blocked"),
      };
    case "class":
      return { type: "classAdded", nowMs, class: parseClass(line) };
    case "unblock":
      return { type: "unblocked", nowMs, task: first };
    case "input-failed":
      return { type: "inputFailed", nowMs, task: first };
    case "done-elsewhere":
      return { type: "doneElsewhere", nowMs, task: first, succeeded: !values.includes("failed") };
    case "resources":
      return { type: "resourcesChanged", nowMs, totals: values.map(Number) };
    case "close":
      return { type: "inputClosed", nowMs };
    case "slots":
      return {
        type: "slotsChanged",
        nowMs,
        slots: first,
        depth: number("depth") || 1,
        pool: number("pool"),
        ...listed("places", named),
        ...listed("weights", named),
        ...listed("coming", named),
      };
    case "end":
      return {
        type: "attemptEnded",
        nowMs,
        task: first,
        attempt,
        exitCode: number("exit"),
        signal: number("signal"),
        retriable: !values.includes("final"),
        ...(values.includes("interrupted") ? { interrupted: true } : {}),
        ...(values.includes("followed") ? { isFollowed: true } : {}),
      };
    case "returned":
      return { type: "attemptReturned", nowMs, task: first, attempt };
    case "skip":
      return { type: "attemptSkipped", nowMs, task: first };
    case "resumed":
      return { type: "resumed", nowMs, from: first, to: Number(values[1] ?? values[0]) };
    case "open":
    case "closed":
      return { type: "gateChanged", nowMs, open: verb === "open", reason: values[0] ?? "" };
    case "evict":
      return { type: "evictYoungest", nowMs };
    case "timer":
      return { type: "timerFired", nowMs };
    case "drain":
      return { type: "drain", nowMs };
    case "cancel":
      return values.length === 0 ? { type: "cancel", nowMs } : { type: "cancel", nowMs, task: first };
    default:
      throw new Error(`unknown line: ${verb}`);
  }
}

export function formatEvent(event: JobEvent): string {
  const at = `at=${event.nowMs}`;
  switch (event.type) {
    case "tasksAdded": {
      const ofClass = event.class ? `class=${event.class} ` : "";
      return `add ${event.count} ${event.blocked ? "blocked " : ""}${ofClass}${at}`;
    }
    case "classAdded":
      return `${formatClass(event.class)} ${at}`;
    case "unblocked":
      return `unblock ${event.task} ${at}`;
    case "inputFailed":
      return `input-failed ${event.task} ${at}`;
    case "doneElsewhere":
      return `done-elsewhere ${event.task} ${event.succeeded ? "" : "failed "}${at}`;
    case "resourcesChanged":
      return `resources ${event.totals.join(" ")} ${at}`;
    case "inputClosed":
      return `close ${at}`;
    case "slotsChanged":
      return formatSlots(event);
    case "attemptEnded":
      return formatEnd(event);
    case "attemptReturned":
      return `returned ${event.task} attempt=${event.attempt} ${at}`;
    case "attemptSkipped":
      return `skip ${event.task} ${at}`;
    case "resumed":
      return `resumed ${event.from} ${event.to} ${at}`;
    case "gateChanged":
      return `${event.open ? "open" : "closed"} ${event.reason} ${at}`;
    case "evictYoungest":
      return `evict ${at}`;
    case "timerFired":
      return `timer ${at}`;
    case "drain":
      return `drain ${at}`;
    case "cancel":
      return event.task === undefined ? `cancel ${at}` : `cancel ${event.task} ${at}`;
    default:
      return event satisfies never;
  }
}

function formatEnd({
  task,
  attempt,
  exitCode,
  signal,
  retriable,
  interrupted,
  isFollowed,
  nowMs,
}: Extract<JobEvent, { type: "attemptEnded" }>): string {
  const words = [`end ${task} attempt=${attempt} exit=${exitCode} signal=${signal}`];
  if (retriable === false) words.push("final");
  if (interrupted) words.push("interrupted");
  if (isFollowed) words.push("followed");
  return [...words, `at=${nowMs}`].join(" ");
}

function formatSlots({
  slots,
  depth,
  pool,
  places,
  weights,
  coming,
  nowMs,
}: Extract<JobEvent, { type: "slotsChanged" }>): string {
  const words = [`slots ${slots} depth=${depth}`];
  if (pool) words.push(`pool=${pool}`);
  if (places !== undefined) words.push(`places=${places.join(",")}`);
  if (weights !== undefined) words.push(`weights=${weights.join(",")}`);
  if (coming !== undefined) words.push(`coming=${coming.join(",")}`);
  return [...words, `at=${nowMs}`].join(" ");
}

/** `places:1,1,0` as a field of an event, where it is there. */
function listed<T extends string>(name: T, named: Line["named"]): { [K in T]?: number[] } {
  const text = named.get(name);
  if (text === undefined) return {};
  return { [name]: text === "" ? [] : text.split(",").map(Number) } as { [K in T]: number[] };
}

export function formatEffect(effect: Effect): string {
  switch (effect.type) {
    case "startAttempt":
      return `start ${effect.task} attempt=${effect.attempt} slot=${effect.slot}${effect.ahead ? " ahead" : ""}`;
    case "signalAttempt":
      return `signal ${effect.task} attempt=${effect.attempt} why=${effect.why}`;
    case "returnAttempt":
      return `return ${effect.task} attempt=${effect.attempt}`;
    case "recordOutcome":
      return `outcome ${effect.task} ${formatOutcome(effect.outcome)} attempts=${effect.attempts}`;
    case "setTimer":
      return `set-timer ${effect.atMs}`;
    case "checkGate":
      return "check-gate";
    case "haltCounted": {
      const halts = effect.triggered ? " triggers" : effect.halted ? " halted" : "";
      return `counted ${effect.task} ${effect.why}${halts} running=${effect.running}`;
    }
    case "jobEnded":
      return formatSummary(effect.summary);
    default:
      return effect satisfies never;
  }
}

function formatOutcome(outcome: Outcome): string {
  if (outcome.type === "succeeded" || outcome.type === "skipped") return outcome.type;
  const by = outcome.type === "cancelled" ? ` by=${outcome.by}` : "";
  return `${outcome.type}${by} ${outcome.signal === 0 ? `exit=${outcome.exitCode}` : `signal=${outcome.signal}`}`;
}

function formatSummary(summary: JobSummary): string {
  const names = ["succeeded", "failed", "timedOut", "cancelled", "skipped", "resumed", "unfinished"] as const;
  const counts = names.filter((name) => summary[name] > 0).map((name) => `${name}=${summary[name]}`);
  const stopped = summary.stopped === "no" ? [] : [`stopped=${summary.stopped}`];
  return ["job-ended", ...counts, ...stopped, `status=${exitStatus(summary)}`].join(" ");
}

function parseHalt(text: string): HaltPolicy {
  const match = /^(now|soon),(fail|success|done)=([\d.]+)(%?)$/.exec(text);
  if (!match) return { when: "never" };
  const amount = Number(match[3]);
  return {
    when: match[1] === "now" ? "now" : "soon",
    why: match[2] === "fail" ? "fail" : match[2] === "success" ? "success" : "done",
    threshold: match[4] === "%" ? { type: "percent", percent: amount } : { type: "count", count: amount },
  };
}

function parseTimeout(text: string | undefined): TimeoutPolicy {
  if (text === undefined) return { type: "none" };
  const amount = Number.parseFloat(text);
  return text.endsWith("%") ? { type: "percent", percent: amount } : { type: "fixed", timeoutMs: amount };
}
