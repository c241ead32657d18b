import { type FactGroup, TOOLS, type ToolName } from "./facts.ts";
import { LOAD_SCRIPT } from "./load-script.ts";
import { SPEED_SCRIPT } from "./speed.ts";

/**
 * Shell source that prints facts in sections, for parseFacts. Any POSIX sh runs it; few programs are started, and what
 * is not there prints nothing.
 */
export function factsScript(groups: readonly FactGroup[]): string {
  const wanted = (Object.keys(SCRIPTS) as Exclude<FactGroup, "clock">[]).filter((group) =>
    groups.includes(group),
  );
  const body = wanted.map((group) => SCRIPTS[group]);
  // The clock is read first and last, so that the time between does not count as time on the way.
  if (groups.includes("clock")) {
    body.unshift("echo @began; date +%s.%N");
    body.push("echo @ended; date +%s.%N");
  }
  return ["exec 2>/dev/null", "LC_ALL=C; export LC_ALL", ...body].join("\n");
}

/** What a shell sets tells which one it is; dash and busybox set nothing, and have a telling name. */
const SYSTEM = `echo @uname; uname -snrm
echo @user; id -un
printf '@home\\n%s\\n@loginShell\\n%s\\n' "$HOME" "$SHELL"
printf '@shells\\nbash=%s\\nzsh=%s\\nyash=%s\\nksh=%s\\nexe=' "$BASH_VERSION" "$ZSH_VERSION" "$YASH_VERSION" "$KSH_VERSION"
readlink /proc/$$/exe || echo`;

/** nproc counts what we may use, but also believes what was meant for OpenMP. */
const CPUS = `unset OMP_NUM_THREADS OMP_THREAD_LIMIT
echo @threads; nproc || getconf _NPROCESSORS_ONLN || sysctl -n hw.ncpu
if [ -r /proc/cpuinfo ]; then echo @cpuinfo; sed -n '/^physical id/p;/^core id/p' /proc/cpuinfo
else echo @cpuSysctl; sysctl hw.physicalcpu hw.packages kern.smp.cores; fi`;

const DISKS = `printf '@homeDisk\\n%s\\n' "$HOME"; df -Pk "$HOME"
printf '@tmpDisk\\n%s\\n' "\${TMPDIR:-/tmp}"; df -Pk "\${TMPDIR:-/tmp}"`;

/** How each program tells its version. */
const ASKED: Readonly<Record<ToolName, string>> = {
  rsync: "rsync --version",
  node: "node --version",
  perl: `perl -e 'print $^V'`,
  tar: "tar --version",
  sha256sum: "sha256sum --version",
  // A shim that chooses among several is a slow shell script.
  python3: `case $(command -v python3) in */shims/*) ;; *) python3 --version;; esac`,
};

const SCRIPTS: Readonly<Record<Exclude<FactGroup, "clock">, string>> = {
  system: SYSTEM,
  cpus: CPUS,
  load: LOAD_SCRIPT,
  disks: DISKS,
  tools: TOOLS.map((name) => `echo @${name}; command -v ${name}`).join("\n"),
  versions: TOOLS.map((name) => `echo @${name}.version; ${ASKED[name]}; echo`).join("\n"),
  speed: `echo @speed\n${SPEED_SCRIPT}`,
};
