import { spawn } from "node:child_process";
import { decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { parseLoad } from "../options/amount.ts";
import type { LimitOptions } from "../options/options.ts";
import { quantity } from "../options/quantity.ts";
import { cpuCount, slotsFor } from "./capacity.ts";
import { availableMemory, diskBusyMs, runnableProcesses, swapCounts } from "./machine.ts";

/** What one look at the machine said: why no job may start now, and whether one has to go. */
export interface Refusal {
  readonly reason: string;
  readonly isDire: boolean;
}

/** Looks whether a job may start: undefined where it may. */
export type Look = () => Refusal | undefined | Promise<Refusal | undefined>;

/** --load, --memfree, --noswap and --limit. */
export function looksOf(options: LimitOptions, shell: string): Look[] {
  const looks: Look[] = [];
  const { load, memfreeBytes, limit } = options;
  if (load !== undefined) looks.push(() => loadLook(slotsFor(load, cpuCount(options.cpuUnit))));
  if (memfreeBytes !== undefined) looks.push(() => memoryLook(memfreeBytes));
  if (options.noswap) looks.push(swapLook());
  if (limit !== undefined) looks.push(limitLook(decodeText(limit), options, shell));
  return looks;
}

function loadLook(maximum: number): Refusal | undefined {
  const running = runnableProcesses();
  if (running < maximum) return undefined;
  return { reason: `${running} processes run, and --load allows fewer than ${maximum}`, isDire: false };
}

function memoryLook(minimum: number): Refusal | undefined {
  const free = availableMemory();
  if (free >= minimum) return undefined;
  const reason = `free memory is ${mebibytes(free)}, below ${mebibytes(minimum)}`;
  return { reason, isDire: free < minimum / 2 };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

/** Closed while the machine swaps both in and out: one alone is harmless. */
function swapLook(): Look {
  let before = swapCounts();
  return () => {
    const after = swapCounts();
    const thrashes = after.pagesIn > before.pagesIn && after.pagesOut > before.pagesOut;
    before = after;
    return thrashes ? { reason: "the machine is swapping", isDire: false } : undefined;
  };
}

/** "io N", "load N", "mem SIZE", or a command: 0 start, 1 wait, 2 kill the youngest. */
function limitLook(limit: string, options: LimitOptions, shell: string): Look {
  const [, name, value = ""] = /^\s*(io|load|mem)\s+(\S+)\s*$/.exec(limit) ?? [];
  if (name === undefined) return () => commandLook(limit, shell);
  if (name === "mem") {
    const bytes = quantity(value);
    if (bytes === undefined) throw wrong(limit, "a size, like 500M");
    return () => memoryLook(bytes);
  }
  if (name === "load") {
    const amount = parseLoad(value);
    if (amount === undefined) throw wrong(limit, "a number or a percentage of the CPUs");
    return () => loadLook(slotsFor(amount, cpuCount(options.cpuUnit)));
  }
  if (!/^\d+$/.test(value)) throw wrong(limit, "a percentage, 0 to 100");
  return diskLook(Number(value));
}

function wrong(limit: string, wanted: string): YonderError {
  return new YonderError("USAGE", { message: `--limit "${limit}" needs ${wanted}.` });
}

/** Use of the busiest disk needs two looks some time apart; until then nothing starts. */
const DISK_MS = 100;

function diskLook(percentMax: number): Look {
  let [atMs, busy] = [performance.now(), diskBusyMs()];
  let percent: number | undefined;
  return () => {
    const elapsedMs = performance.now() - atMs;
    if (elapsedMs >= DISK_MS) {
      const now = diskBusyMs();
      const busiest = Math.max(0, ...[...now].map(([disk, ms]) => ms - (busy.get(disk) ?? ms)));
      percent = Math.min(100, (100 * busiest) / elapsedMs);
      [atMs, busy] = [performance.now(), now];
    }
    if (percent === undefined) return { reason: "the use of the disks is being measured", isDire: false };
    if (percent <= percentMax) return undefined;
    return { reason: `a disk is busy for ${percent.toFixed(0)} % of the time`, isDire: false };
  };
}

const DIRE = 2;

function commandLook(command: string, shell: string): Promise<Refusal | undefined> {
  const { promise, resolve } = Promise.withResolvers<Refusal | undefined>();
  const child = spawn(shell, ["-c", command], { stdio: ["ignore", "ignore", "inherit"] });
  child.on("error", (error) => resolve({ reason: `--limit: ${error.message}`, isDire: false }));
  child.on("close", (status) => {
    resolve(status === 0 ? undefined : { reason: `--limit: ${command} says no`, isDire: status === DIRE });
  });
  return promise;
}
