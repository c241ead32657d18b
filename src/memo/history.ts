import type { ActionKey, ActionRecord } from "../interface/store.ts";
import { type Difference, differences, type Hashed } from "./differences.ts";
import { actionKey, type KeyPart } from "./key.ts";

/** The parts that earlier successes of one task had, the latest first. */
export type History = readonly (readonly Hashed[])[];

/** A task may go to and fro between so many states, such as the branches of a repository. */
const ENTRIES_MAX = 8;
const BYTES_MAX = 128 * 1024;

/** @param subject what the task is for a person, whatever its key: its place and arguments */
export function historyKey(subject: string): ActionKey {
  return actionKey("history", subject);
}

/** The parts of a part, by its hash: they are kept once, however many tasks they are part of. */
export function partsKey(hash: string): ActionKey {
  return actionKey("parts", hash);
}

export function withEntry(history: History, parts: readonly KeyPart[]): ActionRecord {
  const entries = [parts.map(named), ...history].slice(0, ENTRIES_MAX);
  let value = encode(entries);
  while (value.length > BYTES_MAX && entries.pop() !== undefined) value = encode(entries);
  return { value, outputs: [] };
}

export function partsRecord(parts: readonly KeyPart[]): ActionRecord {
  return { value: encode(parts.map(named)), outputs: [] };
}

export function readHistory(record: ActionRecord | undefined): History {
  return record === undefined ? [] : (JSON.parse(Buffer.from(record.value).toString()) as History);
}

export function readParts(record: ActionRecord | undefined): readonly Hashed[] | undefined {
  return record && (JSON.parse(Buffer.from(record.value).toString()) as Hashed[]);
}

/** What differs from the earlier success that is most like it; undefined where there was none. */
export function nearest(
  history: History,
  parts: readonly KeyPart[],
): { readonly entry: readonly Hashed[]; readonly changes: readonly Difference[] } | undefined {
  let best: { entry: readonly Hashed[]; changes: readonly Difference[] } | undefined;
  for (const entry of history) {
    const changes = differences(entry, parts);
    if (best === undefined || changes.length < best.changes.length) best = { entry, changes };
  }
  return best;
}

function named({ name, hash }: Hashed): Hashed {
  return { name, hash };
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
