import { hash } from "node:crypto";
import type { ActionKey } from "../interface/store.ts";

/**
 * One thing that decides what a task gives. Its name is for people and unique within a key: `command`, `input src/a.c`,
 * `environment CC`.
 */
export interface KeyPart {
  readonly name: string;
  /** Of the value; of `parts`, where it has some. `NOTHING` for what is not there. */
  readonly hash: string;
  /** What it is made of, such as the files of a directory. A difference is told of them. */
  readonly parts?: readonly KeyPart[];
}

/** The hash of a file that is not there, or a variable that is not set. */
export const NOTHING = "none";

/** Another number when another key is made of the same task: what older versions remember is forgotten then. */
const FORMAT = 1;

export function keyPart(name: string, value: string | Uint8Array | undefined): KeyPart {
  return { name, hash: value === undefined ? NOTHING : hash("sha256", value) };
}

/** A part that is made of parts, in any order. */
export function groupPart(name: string, parts: readonly KeyPart[]): KeyPart {
  const sorted = parts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { name, hash: hash("sha256", textOf(sorted)), parts: sorted };
}

/** The same parts, in any order, have the same key, and others another. */
export function memoKey(parts: readonly KeyPart[]): ActionKey {
  const sorted = parts.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return actionKey("memo", textOf(sorted));
}

/** A key for something else that is kept beside the records of tasks. */
export function actionKey(kind: string, text: string): ActionKey {
  return hash("sha256", `yonder ${kind} ${FORMAT}\n${text}`) as ActionKey;
}

function textOf(parts: readonly KeyPart[]): string {
  return JSON.stringify(parts.map(({ name, hash }) => [name, hash]));
}
