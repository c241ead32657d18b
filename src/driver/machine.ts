import { readFileSync } from "node:fs";
import { freemem, loadavg } from "node:os";

/** Bytes that a new process can use without swapping. */
export function availableMemory(): number {
  const line = /^MemAvailable:\s*(\d+) kB/m.exec(kernelText("/proc/meminfo"));
  return line === null ? freemem() : Number(line[1]) * 1024;
}

/** Processes that run or wait for a disk right now; the load average lags a minute behind. */
export function runnableProcesses(): number {
  const now = /(\d+)\/\d+ /.exec(kernelText("/proc/loadavg"))?.[1];
  // We ourselves are running while we look.
  return now === undefined ? loadavg()[0]! : Math.max(0, Number(now) - 1);
}

export interface SwapCounts {
  readonly pagesIn: number;
  readonly pagesOut: number;
}

/** Pages since the machine started. */
export function swapCounts(): SwapCounts {
  const text = kernelText("/proc/vmstat");
  const count = (name: string): number => Number(new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1] ?? 0);
  return { pagesIn: count("pswpin"), pagesOut: count("pswpout") };
}

/** Milliseconds that each disk has been busy since the machine started. */
export function diskBusyMs(): ReadonlyMap<string, number> {
  const busy = new Map<string, number>();
  for (const line of kernelText("/proc/diskstats").split("\n")) {
    // major minor name, 4 fields about reads, 4 about writes, requests in flight, milliseconds with any in flight
    const fields = line.trim().split(/\s+/);
    const [name, ms] = [fields[2], fields[12]];
    if (name !== undefined && ms !== undefined && !/^(?:loop|ram)/.test(name)) busy.set(name, Number(ms));
  }
  return busy;
}

/** Empty where there is no such file: another system than Linux. */
function kernelText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
