import { YonderError } from "../interface/errors.ts";

/** How a task is run. Given where it is defined, `task(fn, options)`, and for single calls, which win. */
export interface TaskOptions<A extends readonly unknown[] = never[]> {
  /** Attempts after the first. Default: none. */
  retries?: Retries;
  /** Milliseconds that one attempt may take. Default: no limit. */
  timeoutMs?: number;
  /** What a machine must have free for the time of the call. Default: `{ cpus: 1 }`. */
  resources?: Resources;
  /** Higher is started first. Any number; default 0. */
  priority?: number;
  /** Two calls of the same key within a job are one: the second gets the first's outcome. Default: no key. */
  key?: string;
  /** Is a call whose code and arguments are those of an earlier success answered from the store? Default: no. */
  memo?: boolean | Memo<A>;
  /** May a lost result be computed again by another call? Default: yes. */
  pure?: boolean;
  /** `"process"` for code that may crash or leak. Default: `"thread"`. */
  isolation?: "thread" | "process";
}

/** When a failed attempt is made again. The wait before retry n (from 1) is `min(maxMs, backoffMs * factor ** (n - 1))`. */
export interface Retries {
  /** Attempts after the first: an integer from 0. */
  count: number;
  /** Milliseconds before the first retry. Default 0. */
  backoffMs?: number;
  /** What each wait is multiplied by for the next, at least 1. Default 2. */
  factor?: number;
  /** The longest wait in milliseconds. Default: no limit. */
  maxMs?: number;
  /** The errors worth a retry: classes (with those that extend them) or names. Default: all. */
  on?: readonly (string | ErrorClass)[];
}

export type ErrorClass = abstract new (...args: never[]) => Error;

/** Amounts that a task takes of its machine: the known ones, and any that machines declare by name. */
export interface Resources {
  /** Processors; fractions are good. Default 1. */
  cpus?: number;
  /** Of the machine's memory, to plan with: nothing holds the task to it. Default 0. */
  memoryBytes?: number;
  /** As many as `connect({ resources: { gpus } })` says there are. Default 0. */
  gpus?: number;
  /** Anything else that is counted, of which `connect` says how much there is. Default 0. */
  [custom: string]: number | undefined;
}

/** What a memo's key holds beside the code and the arguments. */
export interface Memo<A extends readonly unknown[] = never[]> {
  /** Change it to forget what was remembered. */
  version?: string;
  /** Environment variables whose values count. */
  env?: readonly string[];
  /** Files whose contents count: their paths, or a function of the arguments that names them. */
  files?: readonly string[] | ((...args: A) => readonly string[]);
}

/** Throws a YonderError("USAGE") that names the first option that is unknown or has no sense. */
export function checkOptions(options: object): void {
  checkFields(options, "", checks);
}

export type Check = (value: unknown, path: string) => void;

const checks: Record<keyof TaskOptions, Check> = {
  retries: (value, path) => checkFields(value, `${path}.`, retriesChecks),
  timeoutMs: numberCheck("a positive number of milliseconds", (n) => n > 0),
  resources: checkResources,
  priority: numberCheck("a finite number", Number.isFinite),
  key: typeCheck("string"),
  memo: (value, path) => typeof value === "boolean" || checkFields(value, `${path}.`, memoChecks),
  pure: typeCheck("boolean"),
  isolation: (value, path) =>
    value === "thread" || value === "process" || refuse(path, '"thread" or "process"', value),
};

const retriesChecks: Record<keyof Retries, Check> = {
  count: numberCheck("a whole number, 0 or more", (n) => n >= 0 && Number.isInteger(n)),
  backoffMs: numberCheck("a number of milliseconds, 0 or more", (n) => n >= 0 && Number.isFinite(n)),
  factor: numberCheck("a number, 1 or more", (n) => n >= 1 && Number.isFinite(n)),
  maxMs: numberCheck("a number of milliseconds, 0 or more", (n) => n >= 0),
  on: (value, path) => {
    const isNamed = (item: unknown) => typeof item === "string" || typeof item === "function";
    if (!Array.isArray(value) || !value.every(isNamed))
      refuse(path, "a list of error classes or names", value);
  },
};

const memoChecks: Record<keyof Memo, Check> = {
  version: typeCheck("string"),
  env: (value, path) => isStrings(value) || refuse(path, "a list of names", value),
  files: (value, path) =>
    typeof value === "function" || isStrings(value) || refuse(path, "a list of paths, or a function", value),
};

/** @param prefix the path to the fields, with a dot at its end, or "" */
export function checkFields(value: unknown, prefix: string, fields: Record<string, Check>): void {
  if (typeof value !== "object" || value === null)
    refuse(prefix.slice(0, -1) || "options", "an object", value);
  for (const [name, field] of Object.entries(value)) {
    const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (check === undefined) {
      const known = Object.keys(fields).join(", ");
      throw new YonderError("USAGE", {
        message: `no such option: ${prefix}${name}`,
        remedy: `it can be one of ${known}`,
      });
    }
    if (field !== undefined) check(field, prefix + name);
  }
}

export function checkResources(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) refuse(path, "an object", value);
  const check = numberCheck("a finite number, 0 or more", (n) => n >= 0 && Number.isFinite(n));
  for (const [name, amount] of Object.entries(value)) {
    if (amount !== undefined) check(amount, `${path}.${name}`);
  }
}

export function numberCheck(expected: string, isGood: (n: number) => boolean): Check {
  return (value, path) => (typeof value === "number" && isGood(value)) || refuse(path, expected, value);
}

export function typeCheck(type: "string" | "boolean"): Check {
  return (value, path) => typeof value === type || refuse(path, `a ${type}`, value);
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

export function refuse(path: string, expected: string, value: unknown): never {
  const shown = typeof value === "object" || typeof value === "function" ? typeof value : String(value);
  throw new YonderError("USAGE", {
    message: `${path} is ${value === null ? "null" : shown}`,
    remedy: `make it ${expected}`,
  });
}
