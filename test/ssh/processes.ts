import { readdirSync, readFileSync } from "node:fs";

export interface HostProcess {
  /** As this machine knows it. */
  readonly pid: number;
  /** As the host knows it: its `$$`. */
  readonly pidThere: number;
  readonly parent: number;
  /** The name of the program, 15 characters at most. */
  readonly name: string;
  /** The words of its command line, joined by spaces. */
  readonly command: string;
}

/** Living processes of this machine; those of a host are among them. Zombies are dead. */
export function processesWhere(belongs: (pid: number) => boolean): HostProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && belongs(Number(name)))
    .map((name) => read(Number(name)))
    .filter((process) => process !== undefined);
}

/** Undefined where it has ended meanwhile. */
function read(pid: number): HostProcess | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
    if (/^[ZX]/.test(field("State"))) return undefined;
    const words = readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0");
    return {
      pid,
      pidThere: Number(field("NSpid").split("\t").at(-1) ?? pid),
      parent: Number(field("PPid")),
      name: field("Name"),
      command: words.join(" ").trim(),
    };
  } catch {
    return undefined;
  }
}

/** `roots` and all that they have started, as far as the links are still there. */
export function descendants(roots: readonly number[], all: readonly HostProcess[]): HostProcess[] {
  const inside = new Set(roots);
  for (let before = -1; before !== inside.size; ) {
    before = inside.size;
    for (const { pid, parent } of all) if (inside.has(parent)) inside.add(pid);
  }
  return all.filter(({ pid }) => inside.has(pid));
}

export function signalAll(processes: readonly HostProcess[], signal: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}
