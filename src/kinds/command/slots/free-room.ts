import { readdirSync, readFileSync } from "node:fs";

/** How many more files this process may open; Infinity where nobody says. */
export function freeDescriptors(): number {
  const limit = limitOf("Max open files");
  return limit === Number.POSITIVE_INFINITY ? limit : limit - readdirSync("/proc/self/fd").length;
}

/** From so many on a limit of processes is none for us, and is not worth counting against. */
const PROCESSES_MANY = 10_000;

/** How many more processes and threads there may be, of this user and in this control group; Infinity where nobody says. */
export function freeProcesses(): number {
  // Of root the kernel demands no limit.
  const limit = process.getuid?.() === 0 ? Number.POSITIVE_INFINITY : limitOf("Max processes");
  return Math.min(limit < PROCESSES_MANY ? limit - ownThreads() : limit, freeInGroup());
}

/** The limit that holds; Infinity where nobody says. */
function limitOf(name: string): number {
  const [, limit = "unlimited"] = new RegExp(`^${name} +(\\w+)`, "m").exec(read("/proc/self/limits")) ?? [];
  return limit === "unlimited" ? Number.POSITIVE_INFINITY : Number(limit);
}

/** Of all processes of this user. */
function ownThreads(): number {
  const uid = process.getuid!();
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => read(`/proc/${pid}/status`))
    .filter((status) => Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]) === uid)
    .reduce((sum, status) => sum + Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 1), 0);
}

/** Of the control groups that containers and services have. */
function freeInGroup(): number {
  const [, path = ""] = /^0::(.*)$/m.exec(read("/proc/self/cgroup")) ?? [];
  const [max, current] = ["max", "current"].map((name) =>
    Number.parseInt(read(`/sys/fs/cgroup${path}/pids.${name}`), 10),
  );
  return Number.isNaN(max! - current!) ? Number.POSITIVE_INFINITY : max! - current!;
}

/** Empty where it cannot be read: it has ended, or there is no /proc here. */
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
