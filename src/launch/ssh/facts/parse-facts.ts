import type { ByteString } from "../../../bytes/bytes.ts";
import { clockOffset, type RoundTrip } from "./clock-offset.ts";
import { type CpuCounts, type Disk, type HostFacts, type ShellKind, TOOLS, type Tool } from "./facts.ts";
import {
  coresAndSockets,
  loadAverage,
  memoryUse,
  runnableProcesses,
  swapSpace,
  sysctlNumber,
} from "./kernel-text.ts";
import { parseKernel } from "./load-script.ts";
import { sectionsOf } from "./sections.ts";
import { speedOf } from "./speed.ts";

type Sections = ReadonlyMap<string, ByteString>;

/** @param output what factsScript has printed */
export function parseFacts(output: ByteString, trip: RoundTrip): HostFacts {
  const sections = sectionsOf(output);
  const kernel = parseKernel(output);
  const line = (name: string): ByteString | undefined => sections.get(name)?.split("\n", 1)[0] || undefined;
  const [os, hostname, osRelease, arch] = line("uname")?.split(" ") ?? [];
  const [shell, shellVersion] = shellOf(sections.get("shells") ?? "");
  return {
    hostname,
    user: line("user"),
    home: line("home"),
    loginShell: line("loginShell"),
    shell,
    shellVersion,
    os,
    osRelease,
    arch,
    cpus: cpusOf(sections),
    memory: memoryUse(kernel),
    swap: swapSpace(kernel),
    loadAverage: loadAverage(kernel),
    runnable: runnableProcesses(kernel),
    homeDisk: diskOf(sections.get("homeDisk")),
    tmpDisk: diskOf(sections.get("tmpDisk")),
    clock: clockOffset(line("began") ?? "", line("ended") ?? "", trip),
    tools: toolsOf(sections),
    speed: speedOf(sections.get("speed") ?? "", shell),
  };
}

/** `KIND=VERSION` a line, empty where it is not that one, and the path of the program. */
function shellOf(text: string): [kind: ShellKind | undefined, version: string | undefined] {
  const values = new Map(text.split("\n").map((row) => [row.split("=", 1)[0], row.replace(/^\w*=/, "")]));
  for (const kind of ["bash", "zsh", "yash"] as const) {
    const version = values.get(kind);
    if (version) return [kind, version];
  }
  const ksh = values.get("ksh");
  if (ksh) return [/MIRBSD|LEGACY/.test(ksh) ? "mksh" : "ksh", ksh];
  const program = values.get("exe")?.replace(/^.*\//, "");
  return [program === "dash" || program === "busybox" ? program : undefined, undefined];
}

function cpusOf(sections: Sections): CpuCounts {
  const threads = /^\d+$/m.exec(sections.get("threads") ?? "")?.[0];
  const sysctl = sections.get("cpuSysctl") ?? "";
  const { cores, sockets } = coresAndSockets(sections.get("cpuinfo") ?? "");
  return {
    threads: threads === undefined ? undefined : Number(threads),
    cores: cores ?? sysctlNumber(sysctl, "hw.physicalcpu") ?? sysctlNumber(sysctl, "kern.smp.cores"),
    sockets: sockets ?? sysctlNumber(sysctl, "hw.packages"),
  };
}

/** A path, and what df says about it: names of devices may have blanks in them, so its numbers are looked for. */
function diskOf(text: string | undefined): Disk | undefined {
  const [path = "", , ...rows] = text?.split("\n") ?? [];
  const [, total, free] = / (\d+) +\d+ +(-?\d+) +(?:\d+%|-) /.exec(rows.join(" ")) ?? [];
  if (total === undefined) return undefined;
  return { path, totalBytes: Number(total) * 1024, freeBytes: Number(free) * 1024 };
}

function toolsOf(sections: Sections): HostFacts["tools"] {
  return Object.fromEntries(
    TOOLS.flatMap((name): [string, Tool][] => {
      const path = sections.get(name)?.split("\n", 1)[0];
      const said = sections.get(`${name}.version`) ?? "";
      return path ? [[name, { path, version: /(?:^|[ (])(v?\d+\.[\w.+-]*\w)/m.exec(said)?.[1] }]] : [];
    }),
  );
}
