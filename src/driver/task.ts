import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { StdinSpec } from "../interface/launcher.ts";
import type { TaskArgs } from "../interface/task.ts";

/** A task as its source gives it: its arguments and, for --pipe, its data. */
export interface Task extends TaskArgs {
  readonly data?: TaskData;
  /** The hosts where it may run, by their numbers from 1; any where it is missing. */
  readonly places?: readonly number[];
  /** Variables for this task alone. */
  readonly env?: readonly (readonly [name: string, value: ByteString])[];
}

/** Bytes for a task's standard input (or for a file that its command names). */
export interface TaskData {
  /** For the joblog's column Send. */
  readonly bytes: number;
  /** Called for each attempt: the bytes are there until `release`. */
  feed(slot: number): { readonly stdin: StdinSpec; readonly wrap?: (command: ByteString) => ByteString };
  /** The attempt in the slot has ended, whether it has read everything or not. */
  ended(slot: number): void;
  /** The task has its outcome; nobody will ask again. */
  release(): void;
}

/** A task whose command names a file with its data: GNU parallel puts the variable there, not the name. */
export function withFile(path: ByteString): Pick<Task, "rows" | "isRaw" | "env"> {
  return {
    rows: [["$PARALLEL_TMP"]],
    isRaw: true,
    env: [["PARALLEL_TMP", path]],
  };
}

/** Where tasks come from, in order, numbered from 1. */
export interface TaskSource {
  /** The next tasks: at least one, as soon as any is there, at most about `max`; none at the end. */
  next(max: number): Promise<readonly Task[]>;
  /** How many there are in all; reads the input to its end. */
  total(): Promise<number>;
  /** How many tasks may wait, where each holds more than a few words. */
  readonly window?: number;
  close(): void;
}

/** For sources whose tasks are made of data, of which nobody knows how much comes. */
export async function unknownTotal(): Promise<number> {
  throw new YonderError("USAGE", {
    message: "The number of jobs is not known before the data has been read.",
    remedy: "leave out --bar, --eta and what counts all jobs, such as {##}",
  });
}
