import { type Check, checkFields, checkResources, numberCheck, typeCheck } from "../function/options.ts";
import type { ConnectOptions } from "./connect.ts";

/** The longest that node's timers wait. */
const MS_MAX = 2 ** 31 - 1;

/** @throws YonderError USAGE, which names the first option that is unknown or has no sense */
export function checkConnectOptions(options: ConnectOptions): void {
  checkFields(options, "", checks);
}

const checks: Record<keyof ConnectOptions, Check> = {
  threads: numberCheck("a whole number, 1 or more", (n) => n >= 1 && Number.isSafeInteger(n)),
  resources: checkResources,
  graceMs: numberCheck(`a number of milliseconds from 0 to ${MS_MAX}`, (n) => n >= 0 && n <= MS_MAX),
  threadMemoryBytes: numberCheck("a positive number of bytes", (n) => n > 0 && Number.isFinite(n)),
  valuesBytesMax: numberCheck("a number of bytes, 0 or more", (n) => n >= 0),
  journal: typeCheck("boolean"),
  progress: typeCheck("boolean"),
  trace: typeCheck("string"),
};
