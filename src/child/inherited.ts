import { readFileSync } from "node:fs";
import { constants as osConstants } from "node:os";

/**
 * What this process was given by whoever started it, and Node has changed before any of our code runs: it raises the soft
 * limit of open files to the hard one, resets the signals that were ignored, and keeps descriptors for itself. Jobs get it as
 * it was.
 */
export interface Inherited {
  /** The soft limit of open files, as `ulimit -Sn` says it; undefined where nobody knows. */
  readonly openFiles: string | undefined;
  /** Numbers of the signals that were ignored. */
  readonly ignored: readonly number[];
  /** Descriptors over 2. */
  readonly descriptors: readonly number[];
  /** The shell of the jobs, where we were started by one of our own that has found it. */
  readonly shell: string | undefined;
}

/** How whoever starts node tells it: bin/yonder, and we ourselves where we start the program again. */
export const INHERITED_VARIABLE = "YONDER_INHERITED";

let known: Inherited | undefined;

/** The first call takes the variable out of our environment: it is nobody else's business. */
export function inherited(): Inherited {
  if (known !== undefined) return known;
  const told = process.env[INHERITED_VARIABLE];
  delete process.env[INHERITED_VARIABLE];
  return (known = told === undefined ? guessed() : parseInherited(told));
}

/** @param text words of the form `files=1024`, `ignored=HEX` (as /proc has it), `fd=5` and, last, `shell=PATH` */
export function parseInherited(text: string): Inherited {
  const [, words = "", shell] = /^(.*?)(?:(?:^| )shell=(.*))?$/s.exec(text) ?? [];
  return {
    openFiles: /(?:^| )files=(\d+|unlimited)(?= |$)/.exec(words)?.[1],
    ignored: signalsOf(/(?:^| )ignored=([0-9a-f]+)(?= |$)/.exec(words)?.[1]),
    descriptors: [...words.matchAll(/(?:^| )fd=(\d+)(?= |$)/g)].map(([, fd]) => Number(fd)),
    shell,
  };
}

export function formatInherited({ openFiles, ignored, descriptors, shell }: Inherited): string {
  const mask = ignored.reduce((sum, signal) => sum | (1n << BigInt(signal - 1)), 0n);
  const words = [
    ...(openFiles === undefined ? [] : [`files=${openFiles}`]),
    `ignored=${mask.toString(16)}`,
    ...descriptors.map((fd) => `fd=${fd}`),
    ...(shell === undefined ? [] : [`shell=${shell}`]),
  ];
  return words.join(" ");
}

/**
 * Where nobody has told, as npm's own link to the program cannot: our parent has what it gave us, unless it has changed it
 * between. With another hard limit, it surely has. A shell says what it has called: nohup is the usual one that ignores.
 */
function guessed(): Inherited {
  const [own, parent] = ["self", process.ppid].map(limitsOf);
  const isSame = parent !== undefined && parent.hard === own?.hard;
  const isNohup = /(?:^|\/)nohup$/.test(process.env["_"] ?? "");
  return {
    openFiles: isSame ? parent.soft : undefined,
    ignored: isNohup ? [osConstants.signals.SIGHUP] : [],
    descriptors: [],
    shell: undefined,
  };
}

function limitsOf(pid: string | number): { soft: string; hard: string } | undefined {
  try {
    const [, soft = "", hard = ""] =
      /^Max open files +(\S+) +(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, "latin1")) ?? [];
    return soft === "" ? undefined : { soft, hard };
  } catch {
    return undefined; // no /proc here, or the parent is another user's
  }
}

/** Of a mask in hexadecimal digits, those up to 31: Node leaves the rest alone. */
function signalsOf(mask = "0"): number[] {
  const bits = BigInt(`0x${mask}`);
  return Array.from({ length: 31 }, (_, index) => index + 1).filter(
    (signal) => (bits >> BigInt(signal - 1)) & 1n,
  );
}
