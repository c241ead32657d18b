import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { freemem, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeText } from "../bytes/bytes.ts";
import type { Claim } from "../journal/claims.ts";
import { machineSlots } from "../journal/machine-slots.ts";
import type { LimitOptions } from "../options/options.ts";
import { slotsFor } from "./capacity.ts";

/** What must hold before a job starts; a reason where it does not. */
type Gate = () => string | undefined;

const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 1000;

export interface Gates {
  /** Resolves when a start is allowed, at the first look or a later one; `onBlocked` is told why it is not. */
  pass(onBlocked: (reason: string) => void): Promise<void>;
  /** The start that was allowed has happened, or the attempt is over. */
  started(attempt: number): void;
  ended(attempt: number): void;
  /** Why nothing starts now. */
  readonly reason: string | undefined;
  /** Nobody waits any more. */
  close(): void;
}

/** --load, --memfree, --noswap, --limit and --max-slots, looked at before every start. */
export function openGates(options: LimitOptions, shell: string, env: NodeJS.ProcessEnv): Gates {
  const looks = startGates(options, shell);
  const shared = options.maxSlots === undefined ? undefined : machineSlots(env, options.maxSlots);
  let reason: string | undefined;
  let isOver = false;
  /** A slot of the machine for the start that was allowed, and those of attempts that run. */
  let granted: Claim | undefined;
  const held = new Map<number, Claim>();
  const mayStart = (): string | undefined => {
    const refusal = firstReason(looks);
    if (refusal !== undefined || shared === undefined) return refusal;
    granted ??= shared.tryAcquire();
    return granted === undefined
      ? `other yonders use all ${options.maxSlots} slots of the machine`
      : undefined;
  };
  return {
    async pass(onBlocked) {
      for (let wait = RETRY_MS_MIN; !isOver; wait = Math.min(2 * wait, RETRY_MS_MAX)) {
        reason = mayStart();
        if (reason === undefined) return;
        onBlocked(reason);
        await sleep(wait, undefined, { ref: !isOver });
      }
    },
    started(attempt) {
      if (granted !== undefined) held.set(attempt, granted);
      granted = undefined;
    },
    ended(attempt) {
      held.get(attempt)?.release();
      held.delete(attempt);
    },
    get reason() {
      return reason;
    },
    close() {
      isOver = true;
      granted?.release();
      for (const claim of held.values()) claim.release();
    },
  };
}

function startGates(options: LimitOptions, shell: string): Gate[] {
  const gates: Gate[] = [];
  const { load, memfreeBytes, limit } = options;
  if (load !== undefined) gates.push(() => loadGate(slotsFor(load, options.cpuUnit)));
  if (memfreeBytes !== undefined) gates.push(() => memoryGate(memfreeBytes));
  if (options.noswap) gates.push(swapGate());
  if (limit !== undefined) gates.push(() => limitGate(decodeText(limit), shell));
  return gates;
}

function firstReason(gates: readonly Gate[]): string | undefined {
  for (const gate of gates) {
    const reason = gate();
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function loadGate(maximum: number): string | undefined {
  const running = runnable() ?? loadavg()[0]!;
  return running > maximum ? `load is ${running.toFixed(1)}, above ${maximum}` : undefined;
}

/** Processes that run or wait for a disk right now; the load average lags a minute behind. */
function runnable(): number | undefined {
  try {
    const stat = readFileSync("/proc/loadavg", "latin1");
    const now = Number(/(\d+)\/\d+ /.exec(stat)?.[1]);
    // We ourselves are running while we look.
    return Number.isNaN(now) ? undefined : Math.max(0, now - 1);
  } catch {
    return undefined;
  }
}

function memoryGate(minimum: number): string | undefined {
  const free = availableMemory();
  return free < minimum
    ? `free memory is ${(free / 2 ** 20).toFixed(0)} MiB, below ${(minimum / 2 ** 20).toFixed(0)} MiB`
    : undefined;
}

/** Bytes that a new process can use without swapping. */
export function availableMemory(): number {
  return meminfo("MemAvailable") ?? freemem();
}

function meminfo(name: string): number | undefined {
  try {
    const line = new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(readFileSync("/proc/meminfo", "latin1"));
    return line === null ? undefined : Number(line[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** Closed while the machine swaps both in and out: one alone is harmless. */
function swapGate(): Gate {
  let before = swaps();
  return () => {
    const after = swaps();
    const thrashes = after.pagesIn > before.pagesIn && after.pagesOut > before.pagesOut;
    before = after;
    return thrashes ? "the machine is swapping" : undefined;
  };
}

function swaps(): { pagesIn: number; pagesOut: number } {
  try {
    const vmstat = readFileSync("/proc/vmstat", "latin1");
    const count = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, "m").exec(vmstat)?.[1] ?? 0);
    return { pagesIn: count("pswpin"), pagesOut: count("pswpout") };
  } catch {
    return { pagesIn: 0, pagesOut: 0 };
  }
}

/** --limit: "io N", "load N", "mem SIZE" or a command that exits with 0 where a job may start. */
function limitGate(limit: string, shell: string): string | undefined {
  const { status } = spawnSync(shell, ["-c", limit], { stdio: "ignore" });
  return status === 0 ? undefined : `--limit: ${limit} says no`;
}
