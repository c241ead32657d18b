import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** One process, for ever: a process id that is used again has another start time, boot or machine. */
export interface ProcessIdentity {
  readonly host: string;
  /** The boot and the process-id namespace in which `pid` means something. */
  readonly boot: string;
  readonly pid: number;
  /** Clock ticks from boot to the start of the process; 0 where the system does not say. */
  readonly startTicks: number;
}

/** `elsewhere`: on another machine or in another container, where it cannot be seen from here. */
export type Liveness = "alive" | "dead" | "elsewhere";

export function ownIdentity(): ProcessIdentity {
  return identify(process.pid) ?? { ...place(), pid: process.pid, startTicks: 0 };
}

/** The process that has this id now; undefined where there is none. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTicks = startTicksOf(pid);
  return startTicks === undefined ? undefined : { ...place(), pid, startTicks };
}

export function livenessOf(identity: ProcessIdentity): Liveness {
  const here = place();
  if (identity.host !== here.host) return "elsewhere";
  if (identity.boot !== here.boot) return sameBoot(identity.boot, here.boot) ? "elsewhere" : "dead";
  return startTicksOf(identity.pid) === identity.startTicks ? "alive" : "dead";
}

let ownPlace: { host: string; boot: string } | undefined;

function place(): { host: string; boot: string } {
  ownPlace ??= { host: hostname().replaceAll(/[^\w-]/g, "-"), boot: bootAndNamespace() };
  return ownPlace;
}

function bootAndNamespace(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
    return `${boot}+${/\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? 0}`;
  } catch {
    return "unknown+0";
  }
}

/** Two containers of one machine: the same boot, other process ids. */
function sameBoot(one: string, other: string): boolean {
  return one.split("+")[0] === other.split("+")[0];
}

/** Field 22 of /proc/PID/stat. A zombie counts as gone: it does nothing any more. */
function startTicksOf(pid: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return process.platform === "linux" || !answers(pid) ? undefined : 0;
  }
  // The name in field 2 may hold blanks and parentheses; fields are counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" || fields[0] === "X" ? undefined : Number(fields[19]);
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
