import { closeSync, openSync, readSync } from "node:fs";

/** Follows how much memory attempts take, by looking from time to time; a short attempt may never be seen. */
export interface MemorySampler {
  /** A slot's shell was started; attempts are its descendants. */
  shell(slot: number, pid: number): void;
  /** Looks at the attempts that run now. Costs two small reads a process. */
  sample(running: Iterable<{ readonly id: number; readonly slot: number }>): void;
  /** The most that was seen of an attempt that ends; undefined where it was not seen. */
  take(id: number): number | undefined;
}

export function memorySampler(): MemorySampler {
  const shells = new Map<number, number>();
  const peaks = new Map<number, number>();
  return {
    shell: (slot, pid) => void shells.set(slot, pid),
    sample(running) {
      for (const { id, slot } of running) {
        const shell = shells.get(slot);
        const bytes = shell === undefined ? 0 : sum(childrenOf(shell), treeBytes);
        if (bytes > (peaks.get(id) ?? 0)) peaks.set(id, bytes);
      }
    },
    take(id) {
      const peak = peaks.get(id);
      peaks.delete(id);
      return peak;
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
