import { closeSync, openSync, readSync } from "node:fs";

/** Tells how much memory what runs in a slot's shell takes. */
export interface SlotMemory {
  /** A slot's shell was started; attempts are its descendants. */
  shell(slot: number, pid: number): void;
  /** Of the attempt that runs there now, in bytes; costs two small reads a process. Undefined where there is no shell. */
  bytesIn(slot: number): number | undefined;
}

export function slotMemory(): SlotMemory {
  const shells = new Map<number, number>();
  return {
    shell: (slot, pid) => void shells.set(slot, pid),
    bytesIn(slot) {
      const shell = shells.get(slot);
      return shell === undefined ? undefined : sum(childrenOf(shell), treeBytes);
    },
  };
}

/** What a process and its descendants take now. */
export function residentBytes(pid: number): number {
  return statusBytes(pid, "VmRSS") + sum(childrenOf(pid), residentBytes);
}

/** The peaks of a process and its descendants, added up: never less than what they took at one moment. */
function treeBytes(pid: number): number {
  return statusBytes(pid, "VmHWM") + sum(childrenOf(pid), treeBytes);
}

function statusBytes(pid: number, name: "VmRSS" | "VmHWM"): number {
  const [, kib = 0] = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kib) * 1024;
}

function childrenOf(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim();
  return children === "" ? [] : children.split(" ").map(Number);
}

function sum(pids: readonly number[], bytesOf: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + bytesOf(pid), 0);
}

/** Into one buffer: readFileSync takes 64 KB of new memory for a file that does not tell its size. */
const buffer = Buffer.allocUnsafeSlow(1 << 14);

function read(file: string): string {
  try {
    const fd = openSync(file, "r");
    try {
      return buffer.toString("latin1", 0, readSync(fd, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return ""; // gone, or no /proc here
  }
}
