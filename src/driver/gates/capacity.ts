import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { bufferOf } from "../../bytes/bytes.ts";
import type { Amount } from "../../options/values.ts";

/** --jobs 0: more than any machine of ours runs well, and few enough for its limits on processes and files. */
const SLOTS_MAX = 1000;

export type CpuUnit = "threads" | "cores" | "sockets";

/** How many slots `amount` means now on a machine with so many CPUs; at least 1. */
export function slotsFor(amount: Amount | undefined, cpus: number): number {
  switch (amount?.type) {
    case undefined:
      return cpus;
    case "count":
      return amount.count === 0 ? SLOTS_MAX : Math.max(1, Math.floor(amount.count));
    case "max":
      return SLOTS_MAX;
    case "plus":
      return Math.max(1, cpus + amount.count);
    case "minus":
      return Math.max(1, cpus - amount.count);
    case "percent":
      return Math.max(1, Math.floor((cpus * amount.percent) / 100));
    case "file":
      return slotsFor(readAmount(bufferOf(amount.path)), cpus);
  }
}

/** The content of a --jobs file means what it would mean on the command line. */
function readAmount(path: Buffer): Amount {
  const text = readFileSync(path, "latin1").trim();
  const [, sign = "", digits = "", percent = ""] = /^([+-]?)(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const number = Number(digits || "1");
  if (percent) return { type: "percent", percent: number };
  if (sign) return { type: sign === "+" ? "plus" : "minus", count: number };
  return number === 0 ? { type: "max" } : { type: "count", count: number };
}

const counted = new Map<CpuUnit, number>();

/** Threads are those that this process may use; counted once, for --jobs asks again after each attempt. */
export function cpuCount(unit: CpuUnit): number {
  let count = counted.get(unit);
  if (count === undefined) counted.set(unit, (count = countCpus(unit)));
  return count;
}

/** Cores and sockets are read from the kernel where it tells. */
function countCpus(unit: CpuUnit): number {
  const threads = availableParallelism();
  if (unit === "threads") return threads;
  try {
    const seen = new Set<string>();
    let socket = "";
    for (const line of readFileSync("/proc/cpuinfo", "latin1").split("\n")) {
      const [, key, value = ""] = /^(physical id|core id)\s*:\s*(.*)$/.exec(line) ?? [];
      if (key === "physical id") socket = value;
      if (key === "physical id" && unit === "sockets") seen.add(socket);
      if (key === "core id" && unit === "cores") seen.add(`${socket} ${value}`);
    }
    return seen.size || threads;
  } catch {
    return threads;
  }
}
