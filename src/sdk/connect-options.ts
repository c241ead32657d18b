import {
  type Check,
  checkFields,
  checkResources,
  numberCheck,
  type Resources,
  refuse,
  typeCheck,
} from "../function/options.ts";
import type { InsideOptions } from "./inside/inside.ts";

/** What a job has of this machine and of others, and who can look into it. */
export interface ConnectOptions extends InsideOptions {
  /** Threads that run tasks, and the machine's `cpus`. Default: what the machine has. */
  readonly threads?: number;
  /** What else tasks can ask for: gpus, licences, anything that is counted. `memoryBytes` is the machine's by default. */
  readonly resources?: Resources;
  /** How long a task that is to stop may take before its thread is ended, in milliseconds. Default 500. */
  readonly graceMs?: number;
  /** The most that the objects of one thread may take, in bytes. Default: node's limit. */
  readonly threadMemoryBytes?: number;
  /**
   * How much memory large results may take, in bytes, while refs of them are held. Beyond it they move to the store and come
   * back when they are needed. Default: half of the machine's memory.
   */
  readonly valuesBytesMax?: number;
  /**
   * May a machine without a node that is new enough be sent the one that runs here? Once: it is kept there, in yonder's
   * cache. Default: no, and such a machine is left out.
   */
  readonly bringNode?: boolean;
  /** Files and directories that the modules of functions read beside themselves: they go along to other machines. */
  readonly files?: readonly string[];
  /** The program that connects to other machines, with its own arguments. Default: `["ssh"]`. */
  readonly ssh?: readonly string[];
  /** A machine that has not been heard of for so long is lost, in milliseconds. Default 15,000. */
  readonly silenceMs?: number;
}

/** The longest that node's timers wait. */
const MS_MAX = 2 ** 31 - 1;

/** @throws YonderError USAGE, which names the first option that is unknown or has no sense */
export function checkConnectOptions(options: ConnectOptions): void {
  checkFields(options, "", checks);
}

const checkWords: Check = (value, path) =>
  (Array.isArray(value) && value.every((one) => typeof one === "string")) ||
  refuse(path, "a list of strings", value);

const checks: Record<keyof ConnectOptions, Check> = {
  threads: numberCheck("a whole number, 1 or more", (n) => n >= 1 && Number.isSafeInteger(n)),
  resources: checkResources,
  graceMs: numberCheck(`a number of milliseconds from 0 to ${MS_MAX}`, (n) => n >= 0 && n <= MS_MAX),
  threadMemoryBytes: numberCheck("a positive number of bytes", (n) => n > 0 && Number.isFinite(n)),
  valuesBytesMax: numberCheck("a number of bytes, 0 or more", (n) => n >= 0),
  journal: typeCheck("boolean"),
  progress: typeCheck("boolean"),
  trace: typeCheck("string"),
  bringNode: typeCheck("boolean"),
  files: checkWords,
  ssh: checkWords,
  silenceMs: numberCheck("a number of milliseconds, 1,000 or more", (n) => n >= 1000 && n <= MS_MAX),
};
