import type { ByteString } from "../../../bytes/bytes.ts";
import type { ClockOffset } from "./clock-offset.ts";
import type { MemoryUse } from "./kernel-text.ts";

/** What a host is. Whatever it does not tell, or was not asked, is undefined: nothing is guessed. */
export interface HostFacts {
  readonly hostname: ByteString | undefined;
  readonly user: ByteString | undefined;
  readonly home: ByteString | undefined;
  readonly loginShell: ByteString | undefined;
  /** Which `sh` runs our scripts there. */
  readonly shell: ShellKind | undefined;
  readonly shellVersion: ByteString | undefined;
  /** As uname says it: Linux, Darwin, FreeBSD. */
  readonly os: ByteString | undefined;
  readonly osRelease: ByteString | undefined;
  readonly arch: ByteString | undefined;
  readonly cpus: CpuCounts;
  readonly memory: MemoryUse;
  readonly swap: MemoryUse;
  /** Over the last minute. */
  readonly loadAverage: number | undefined;
  /** Processes that run or wait for a disk, right now. */
  readonly runnable: number | undefined;
  readonly homeDisk: Disk | undefined;
  /** The one of $TMPDIR, or /tmp. */
  readonly tmpDisk: Disk | undefined;
  readonly clock: ClockOffset | undefined;
  readonly tools: Readonly<Partial<Record<ToolName, Tool>>>;
  /** How fast one of its CPUs is: see speedOf. */
  readonly speed: number | undefined;
}

export type ShellKind = "dash" | "bash" | "busybox" | "ksh" | "mksh" | "yash" | "zsh";

export interface CpuCounts {
  /** Those that a process of ours may use there. */
  readonly threads: number | undefined;
  readonly cores: number | undefined;
  readonly sockets: number | undefined;
}

export interface Disk {
  readonly path: ByteString;
  readonly totalBytes: number;
  /** For a person who is not root. */
  readonly freeBytes: number;
}

export const TOOLS = ["rsync", "node", "perl", "tar", "sha256sum", "python3"] as const;
export type ToolName = (typeof TOOLS)[number];

export interface Tool {
  readonly path: ByteString;
  /** As the program says it: 3.2.7, v24.1.0. Asked with `versions`. */
  readonly version: string | undefined;
}

/**
 * Facts that are measured together. What they cost the host, in milliseconds of a busy CPU of 2.4 GHz: system 5, cpus 4,
 * load (with memory) 1, disks 4, clock 4, tools 0, versions 28, speed 20.
 */
export const FACT_GROUPS = [
  "system",
  "cpus",
  "load",
  "disks",
  "clock",
  "tools",
  "versions",
  "speed",
] as const;
export type FactGroup = (typeof FACT_GROUPS)[number];

/** What is cheap enough for every first contact. */
export const CONTACT_GROUPS: readonly FactGroup[] = ["system", "cpus", "load", "disks", "clock", "tools"];

/** What 100% of --jobs is on a host: cores and sockets where it tells them, else threads; 1 where it tells nothing. */
export function cpuCountOf({ cpus }: Pick<HostFacts, "cpus">, unit: keyof CpuCounts): number {
  return cpus[unit] ?? cpus.threads ?? 1;
}
