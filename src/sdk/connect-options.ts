import {
  type Check,
  checkFields,
  checkResources,
  numberCheck,
  refuse,
  typeCheck,
} from "../function/options.ts";
import type { ConnectOptions } from "./connect.ts";

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
