import type { KernelTexts } from "./kernel-text.ts";
import { sectionsOf } from "./sections.ts";

/** What can be looked at again and again, each with the file that Linux tells it in. */
export const KERNEL_FILES = {
  memory: "meminfo",
  processes: "loadavg",
  swap: "vmstat",
  disks: "diskstats",
} as const;
export type LoadKind = keyof typeof KERNEL_FILES;

/**
 * Shell source that prints what parseKernel reads. On Linux it starts no program: only the lines that are needed are
 * read, for a shell reads a byte at a time.
 */
export function loadScript(kinds: readonly LoadKind[]): string {
  const linux = kinds.map((kind) => LINUX[kind]);
  const other = kinds.includes("memory") || kinds.includes("processes") ? OTHER : ":";
  return `if [ -r /proc/meminfo ]; then\n${linux.join("\n")}\nelse\n${other}\nfi`;
}

/** Section by section; `upTo` is the last line that is needed. */
function lines(name: string, upTo: string): string {
  return `echo @${name}; while IFS= read -r l; do echo "$l"; case $l in ${upTo}) break;; esac; done </proc/${name}`;
}

const LINUX: Readonly<Record<LoadKind, string>> = {
  memory: lines("meminfo", "SwapFree:*"),
  processes: lines("loadavg", "*"),
  swap: `echo @vmstat; while read -r k v; do case $k in pswpin) echo "$k $v";; pswpout) echo "$k $v"; break;; esac; done </proc/vmstat`,
  disks: lines("diskstats", "''"),
};

const OTHER = `echo @sysctl; sysctl hw.memsize hw.physmem hw.pagesize vm.loadavg vm.swapusage vm.stats.vm.v_free_count vm.stats.vm.v_inactive_count
echo @vm_stat; vm_stat`;

export const LOAD_SCRIPT: string = loadScript(["memory", "processes"]);

export function parseKernel(output: string): KernelTexts {
  const sections = sectionsOf(output);
  return {
    meminfo: sections.get("meminfo"),
    loadavg: sections.get("loadavg"),
    vmstat: sections.get("vmstat"),
    diskstats: sections.get("diskstats"),
    sysctl: sections.get("sysctl"),
    vmStat: sections.get("vm_stat"),
  };
}
