import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { freemem, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeText } from "../bytes/bytes.ts";
import type { LimitOptions } from "../options/options.ts";
import { slotsFor } from "./capacity.ts";

/** What must hold before a job starts; a reason where it does not. */
type Gate = () => string | undefined;

const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 1000;

/** --load, --memfree, --noswap and --limit, looked at before every start. */
export function startGates(options: LimitOptions, shell: string): Gate[] {
  const gates: Gate[] = [];
  const { load, memfreeBytes, limit } = options;
  if (load !== undefined) gates.push(() => loadGate(slotsFor(load, options.cpuUnit)));
  if (memfreeBytes !== undefined) gates.push(() => memoryGate(memfreeBytes));
  if (options.noswap) gates.push(swapGate());
  if (limit !== undefined) gates.push(() => limitGate(decodeText(limit), shell));
  return gates;
}

/** Resolves when all are open, at the first look or a later one. */
export async function passGates(
  gates: readonly Gate[],
  onBlocked: (reason: string) => void,
  isOver: () => boolean,
): Promise<void> {
  for (let wait = RETRY_MS_MIN; !isOver(); wait = Math.min(2 * wait, RETRY_MS_MAX)) {
    const reason = firstReason(gates);
    if (reason === undefined) return;
    onBlocked(reason);
    await sleep(wait);
  }
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
