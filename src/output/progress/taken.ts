import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { descriptorKind } from "../descriptor.ts";

/** Answers, as often as it is asked, whether somebody else has the terminal: a panel and they would write over each other. */
export function terminalTaken(): () => boolean {
  let hasReader: boolean | undefined;
  return () => {
    hasReader ??= readersUseTerminal();
    return hasReader || isInBackground();
  };
}

/** Of a shell with job control: the person does something else there. */
function isInBackground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "latin1");
    // Behind the program's name in brackets: state, parent, process group, session, terminal, its foreground group.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return foreground !== "-1" && group !== foreground;
  } catch {
    return false; // not Linux
  }
}

/**
 * Whoever reads our standard output, at the end of all pipes, writes to a terminal: `| less`, `| head`, `| sort`. Also
 * true where nobody can tell (no /proc).
 */
function readersUseTerminal(): boolean {
  if (descriptorKind(1) !== "pipe") return false;
  try {
    const readers = processesByInput();
    const seen = new Set<string>();
    for (const waiting = [readlinkSync("/proc/self/fd/1")]; waiting.length > 0; ) {
      const pipe = waiting.pop()!;
      if (seen.has(pipe)) continue;
      seen.add(pipe);
      for (const pid of readers.get(pipe) ?? []) {
        const output = linkOf(pid, 1);
        if (output?.startsWith("pipe:")) waiting.push(output);
        else if (output !== undefined && /^\/dev\/(pts\/|tty|console)/.test(output)) return true;
      }
    }
    return false;
  } catch {
    return true;
  }
}

/** Of each pipe, the processes that have it as their standard input. */
function processesByInput(): Map<string, string[]> {
  const readers = new Map<string, string[]>();
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const input = linkOf(pid, 0);
    if (!input?.startsWith("pipe:")) continue;
    const others = readers.get(input);
    if (others === undefined) readers.set(input, [pid]);
    else others.push(pid);
  }
  return readers;
}

/** undefined for a process that is gone, or somebody else's. */
function linkOf(pid: string, fd: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return undefined;
  }
}
