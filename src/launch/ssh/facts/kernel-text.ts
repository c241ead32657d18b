/** What the files below /proc and the answers of sysctl say, as text. Absent: the system has no such thing. */
export interface KernelTexts {
  readonly meminfo?: string | undefined;
  readonly loadavg?: string | undefined;
  readonly vmstat?: string | undefined;
  readonly diskstats?: string | undefined;
  /** `NAME: VALUE` or `NAME=VALUE` a line: macOS and the BSDs. */
  readonly sysctl?: string | undefined;
  /** Of macOS' vm_stat. */
  readonly vmStat?: string | undefined;
}

export interface MemoryUse {
  readonly totalBytes?: number | undefined;
  /** What a new process can use without swapping. */
  readonly availableBytes?: number | undefined;
}

export function memoryUse({ meminfo = "", sysctl = "", vmStat = "" }: KernelTexts): MemoryUse {
  if (meminfo !== "") {
    return {
      totalBytes: kibibytes(meminfo, "MemTotal"),
      availableBytes: kibibytes(meminfo, "MemAvailable"),
    };
  }
  return {
    totalBytes: sysctlNumber(sysctl, "hw.memsize") ?? sysctlNumber(sysctl, "hw.physmem"),
    availableBytes: reclaimable(vmStat) ?? reclaimableBsd(sysctl),
  };
}

/** Swap space in bytes. A machine without any has 0 of 0. */
export function swapSpace({ meminfo = "", sysctl = "" }: KernelTexts): MemoryUse {
  const [, total, free] = /^vm\.swapusage:.* total = ([\d.]+)M .* free = ([\d.]+)M/m.exec(sysctl) ?? [];
  if (total !== undefined) {
    return { totalBytes: Number(total) * 2 ** 20, availableBytes: Number(free) * 2 ** 20 };
  }
  return { totalBytes: kibibytes(meminfo, "SwapTotal"), availableBytes: kibibytes(meminfo, "SwapFree") };
}

/** Processes that run or wait for a disk right now, without the one that looks; the load average lags a minute behind. */
export function runnableProcesses({ loadavg = "" }: KernelTexts): number | undefined {
  const now = /^\S+ \S+ \S+ (\d+)\//.exec(loadavg)?.[1];
  return now === undefined ? undefined : Math.max(0, Number(now) - 1);
}

/** Over the last minute. */
export function loadAverage({ loadavg = "", sysctl = "" }: KernelTexts): number | undefined {
  const text = /^\d+\.\d+/.exec(loadavg)?.[0] ?? /^vm\.loadavg[:=] *\{? *(\d+[.,]\d+)/m.exec(sysctl)?.[1];
  return text === undefined ? undefined : Number(text.replace(",", "."));
}

export interface SwapCounts {
  readonly pagesIn: number;
  readonly pagesOut: number;
}

/** Pages since the machine started. */
export function swapCounts({ vmstat = "" }: KernelTexts): SwapCounts | undefined {
  const count = (name: string): number | undefined => {
    const text = new RegExp(`^${name} (\\d+)`, "m").exec(vmstat)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const [pagesIn, pagesOut] = [count("pswpin"), count("pswpout")];
  return pagesIn === undefined || pagesOut === undefined ? undefined : { pagesIn, pagesOut };
}

/** Milliseconds that each disk has been busy since the machine started. */
export function diskBusyMs({ diskstats }: KernelTexts): ReadonlyMap<string, number> | undefined {
  if (diskstats === undefined) return undefined;
  const busy = new Map<string, number>();
  for (const line of diskstats.split("\n")) {
    // major minor name, 4 fields about reads, 4 about writes, requests in flight, milliseconds with any in flight
    const fields = line.trim().split(/\s+/);
    const [name, ms] = [fields[2], fields[12]];
    if (name !== undefined && ms !== undefined && !/^(?:loop|ram)/.test(name)) busy.set(name, Number(ms));
  }
  return busy;
}

/** CPUs by the lines `physical id` and `core id` of /proc/cpuinfo, which not every architecture has. */
export function coresAndSockets(cpuinfo: string): {
  readonly cores: number | undefined;
  readonly sockets: number | undefined;
} {
  const [cores, sockets] = [new Set<string>(), new Set<string>()];
  let socket = "";
  for (const line of cpuinfo.split("\n")) {
    const [, key, value = ""] = /^(physical id|core id)\s*:\s*(.*)$/.exec(line) ?? [];
    if (key === "physical id") sockets.add((socket = value));
    if (key === "core id") cores.add(`${socket} ${value}`);
  }
  return { cores: cores.size || undefined, sockets: sockets.size || undefined };
}

export function sysctlNumber(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name.replaceAll(".", "\\.")}[:=] *(\\d+)$`, "m").exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

function kibibytes(meminfo: string, name: string): number | undefined {
  const value = new RegExp(`^${name}: *(\\d+) kB`, "m").exec(meminfo)?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}

/** Free pages, and those that hold what is on disk anyway. */
function reclaimable(vmStat: string): number | undefined {
  const pageBytes = /page size of (\d+) bytes/.exec(vmStat)?.[1];
  const pages = ["free", "inactive", "speculative"].map(
    (kind) => new RegExp(`^Pages ${kind}: +(\\d+)`, "m").exec(vmStat)?.[1],
  );
  if (pageBytes === undefined || pages[0] === undefined) return undefined;
  return pages.reduce((sum, count) => sum + Number(count ?? 0), 0) * Number(pageBytes);
}

function reclaimableBsd(sysctl: string): number | undefined {
  const pageBytes = sysctlNumber(sysctl, "hw.pagesize");
  const free = sysctlNumber(sysctl, "vm.stats.vm.v_free_count");
  if (pageBytes === undefined || free === undefined) return undefined;
  return (free + (sysctlNumber(sysctl, "vm.stats.vm.v_inactive_count") ?? 0)) * pageBytes;
}
