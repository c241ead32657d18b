import { fstatSync } from "node:fs";

/** What stands behind a descriptor. Only the last two can make a writer wait. */
export type DescriptorKind = "file" | "null" | "terminal" | "pipe";

/** Linux: the devices of major 1 are null, zero, full and the like; null is 3 of them. */
const MEMORY_DEVICES = 1;
const NULL_DEVICE = 0x103;

/** Found by fstat, since loading node:tty costs more than a small job may. */
export function descriptorKind(fd: number): DescriptorKind {
  try {
    const stats = fstatSync(fd);
    if (stats.isFile()) return "file";
    if (!stats.isCharacterDevice()) return "pipe";
    if (stats.rdev === NULL_DEVICE) return "null";
    return stats.rdev >> 8 === MEMORY_DEVICES ? "file" : "terminal";
  } catch {
    // It is closed, so that writing fails at once.
    return "file";
  }
}

export function isTerminal(fd: number): boolean {
  return descriptorKind(fd) === "terminal";
}

/** What is written to the one may stand among what is written to the other. */
export function isSamePlace(fd: number, other: number): boolean {
  if (fd === other) return true;
  // One terminal has several names, such as /dev/tty.
  if (isTerminal(fd) && isTerminal(other)) return true;
  try {
    const [one, two] = [fstatSync(fd), fstatSync(other)];
    return one.dev === two.dev && one.ino === two.ino;
  } catch {
    return false;
  }
}
