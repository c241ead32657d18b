import type { ByteString } from "../../../bytes/bytes.ts";
import type { TaskSource as Source } from "../../../driver/supply.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { StdinSpec } from "../../../interface/launcher.ts";
import type { TaskArgs } from "../../../interface/task.ts";

/** A task as its source gives it: its arguments and, for --pipe, its data. */
export interface Task extends TaskArgs {
  readonly data?: TaskData;
  /** The hosts where it may run, by their numbers from 1; any where it is missing. */
  readonly places?: readonly number[];
  /** Variables for this task alone. */
  readonly env?: Variables;
}

/** Bytes for a task's standard input (or for a file that its command names). */
export interface TaskData {
  /** For the joblog's column Send. */
  readonly bytes: number;
  /** Called for each attempt: the bytes are there until `release`. */
  feed(slot: number, isRemote: boolean): Feed;
  /** It cannot be given a second time. */
  readonly isOnce?: true;
  /** The attempt in the slot has ended, whether it has read everything or not. */
  ended(slot: number): void;
  /** The task has its outcome; nobody will ask again. */
  release(): void;
}

export interface Feed {
  readonly stdin: StdinSpec;
  /** The command that reads it by itself; it is on this machine then. */
  readonly wrap?: (command: ByteString) => ByteString;
  /** Variables for this attempt alone. */
  readonly env?: Variables;
}

type Variables = readonly (readonly [name: string, value: ByteString])[];

/** Of a task whose command names a file with its data: GNU parallel puts the variable there, not the name. */
export const NAMED_DATA: Pick<Task, "rows" | "isRaw"> = { rows: [["$PARALLEL_TMP"]], isRaw: true };

/** The data is in a file of this machine, which the command names. */
export function fromFile(path: ByteString): Feed {
  return { stdin: { type: "null" }, env: [["PARALLEL_TMP", path]] };
}

/** Where tasks come from, in order, numbered from 1. */
export interface TaskSource extends Source<Task> {
  /** How many there are in all; reads the input to its end. */
  total(): Promise<number>;
  close(): void;
}

/** For sources whose tasks are made of data, of which nobody knows how much comes. */
export async function unknownTotal(): Promise<number> {
  throw new YonderError("USAGE", {
    message: "The number of jobs is not known before the data has been read.",
    remedy: "leave out --bar, --eta and what counts all jobs, such as {##}",
  });
}
