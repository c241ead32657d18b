import { YonderError } from "../../interface/errors.ts";

/** @throws YonderError USAGE */
export function taskNumber(word: string): number {
  if (/^[1-9]\d*$/.test(word)) return Number(word);
  throw new YonderError("USAGE", {
    message: `"${word}" is not the number of a task`,
    remedy: "tasks are counted from 1, in the order of the input: what {#} gives",
    exitCode: 2,
  });
}
