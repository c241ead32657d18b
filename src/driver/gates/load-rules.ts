import { decodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { MachineLoad } from "../../launch/ssh/facts/load.ts";
import type { LoadKind } from "../../launch/ssh/facts/load-script.ts";
import { parseLoad } from "../../options/amount.ts";
import type { LimitOptions } from "../../options/options.ts";
import { quantity } from "../../options/quantity.ts";
import { slotsFor } from "./capacity.ts";

/** Why no job may start now, and whether one has to go. */
export interface Refusal {
  readonly reason: string;
  readonly isDire: boolean;
}

/** One rule about what a machine may be doing when a job starts. It may remember what it saw before. */
export interface LoadRule {
  /** What it wants to see. */
  readonly kind: LoadKind;
  /**
   * Undefined where a job may start, and where the machine does not tell what the rule is about.
   * @param nowMs of a clock that never goes back
   */
  check(load: MachineLoad, nowMs: number): Refusal | undefined;
}

/**
 * --load, --memfree, --noswap and --limit, but for a --limit that is a command. The same for every machine, this one or
 * another.
 *
 * @param cpus what 100% of --load is there
 * @throws YonderError USAGE for a --limit whose value is none
 */
export function loadRulesOf(options: LimitOptions, cpus: number): LoadRule[] {
  const { load, memfreeBytes, noswap } = options;
  return [
    ...(load === undefined ? [] : [loadRule(() => slotsFor(load, cpus))]),
    ...(memfreeBytes === undefined ? [] : [memoryRule(memfreeBytes)]),
    ...(noswap ? [swapRule()] : []),
    ...limitRules(options, cpus),
  ];
}

/** The command of --limit; undefined where it is one of "io N", "load N", "mem SIZE". */
export function limitCommand({ limit }: LimitOptions): string | undefined {
  const text = limit === undefined ? undefined : decodeText(limit);
  return text === undefined || BUILTIN_LIMIT.test(text) ? undefined : text;
}

const BUILTIN_LIMIT = /^\s*(io|load|mem)\s+(\S+)\s*$/;

function limitRules({ limit = "" }: LimitOptions, cpus: number): LoadRule[] {
  const text = decodeText(limit);
  const [, name, value = ""] = BUILTIN_LIMIT.exec(text) ?? [];
  if (name === undefined) return [];
  if (name === "mem") {
    const bytes = quantity(value);
    if (bytes === undefined) throw wrong(text, "a size, like 500M");
    return [memoryRule(bytes)];
  }
  if (name === "load") {
    const amount = parseLoad(value);
    if (amount === undefined) throw wrong(text, "a number or a percentage of the CPUs");
    return [loadRule(() => slotsFor(amount, cpus))];
  }
  if (!/^\d+$/.test(value)) throw wrong(text, "a percentage, 0 to 100");
  return [diskRule(Number(value))];
}

function wrong(limit: string, wanted: string): YonderError {
  return new YonderError("USAGE", { message: `--limit "${limit}" needs ${wanted}.` });
}

/** @param maximum asked each time: it may be in a file that changes */
function loadRule(maximum: () => number): LoadRule {
  return {
    kind: "processes",
    check({ runnable }) {
      const most = maximum();
      if (runnable === undefined || runnable < most) return undefined;
      return { reason: `${runnable} processes run, and --load allows fewer than ${most}`, isDire: false };
    },
  };
}

function memoryRule(minimum: number): LoadRule {
  return {
    kind: "memory",
    check({ availableMemoryBytes: free }) {
      if (free === undefined || free >= minimum) return undefined;
      const reason = `free memory is ${mebibytes(free)}, below ${mebibytes(minimum)}`;
      return { reason, isDire: free < minimum / 2 };
    },
  };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

/** Refuses while the machine swaps both in and out: one alone is harmless. */
function swapRule(): LoadRule {
  let before: MachineLoad["swap"];
  return {
    kind: "swap",
    check({ swap: after }) {
      const thrashes =
        before !== undefined &&
        after !== undefined &&
        after.pagesIn > before.pagesIn &&
        after.pagesOut > before.pagesOut;
      before = after;
      return thrashes ? { reason: "the machine is swapping", isDire: false } : undefined;
    },
  };
}

/** Use of the busiest disk needs two looks some time apart; until then nothing starts. */
const DISK_MS = 100;

function diskRule(percentMax: number): LoadRule {
  let before: { readonly atMs: number; readonly busy: ReadonlyMap<string, number> } | undefined;
  let percent: number | undefined;
  return {
    kind: "disks",
    check({ diskBusyMs: busy }, nowMs) {
      if (busy === undefined) return undefined;
      const { atMs } = (before ??= { atMs: nowMs, busy });
      if (nowMs - atMs >= DISK_MS) {
        const busiest = Math.max(0, ...[...busy].map(([disk, ms]) => ms - (before?.busy.get(disk) ?? ms)));
        percent = Math.min(100, (100 * busiest) / (nowMs - atMs));
        before = { atMs: nowMs, busy };
      }
      if (percent === undefined) return { reason: "the use of the disks is being measured", isDire: false };
      if (percent <= percentMax) return undefined;
      return { reason: `a disk is busy for ${percent.toFixed(0)} % of the time`, isDire: false };
    },
  };
}
