import { EventEmitter } from "node:events";
import { types } from "node:util";
import { functionOf } from "./mark.ts";

/** A part of a value that cannot be sent, for a sentence: `${path} is ${what}`. */
export interface Unsendable {
  /** An expression in JavaScript, from the name of the whole value: `args[0].options.onDone`. */
  path: string;
  /** With its article: `a function`. */
  what: string;
}

export interface UnsendableOptions {
  /** How values are sent: throws at what cannot be. Default: `structuredClone`. */
  send?: (value: unknown) => unknown;
  /** Says what values of the caller's own kinds are, where they cannot be sent. */
  describe?: (value: object) => string | undefined;
}

/**
 * The first part of a value, in the order of its keys, that cannot be sent to another thread or process; undefined where all
 * of it can, or where it is not a part that is at fault. Instances of classes can, as plain objects. Runs the getters that
 * sending would run. Takes time: to be asked after a failure.
 */
export function unsendablePath(
  value: unknown,
  root = "args",
  options: UnsendableOptions = {},
): Unsendable | undefined {
  const { send = structuredClone, describe } = options;
  const canSend = (part: unknown): boolean => {
    try {
      send(part);
      return true;
    } catch {
      return false;
    }
  };
  try {
    return search(value, root, { canSend, describe, seen: new Set() });
  } catch (error) {
    // A Proxy may throw anything at whoever looks into it.
    return error instanceof RangeError ? { path: root, what: "nested too deeply" } : undefined;
  }
}

interface Search {
  canSend: (part: unknown) => boolean;
  describe: UnsendableOptions["describe"] | undefined;
  seen: Set<object>;
}

function search(value: unknown, path: string, state: Search): Unsendable | undefined {
  if (typeof value === "symbol") return { path, what: `a symbol, ${String(value)}` };
  if (typeof value === "function") {
    return { path, what: state.describe?.(value) ?? describeFunction(value) };
  }
  if (typeof value !== "object" || value === null || state.seen.has(value)) return undefined;
  state.seen.add(value);
  const own = isPlain(value) ? undefined : searchSpecial(value, path, state);
  if (own !== undefined) return own === "sendable" ? undefined : own;
  for (const [part, read] of partsOf(value, path)) {
    const found = searchPart(part, read, state);
    if (found !== undefined) return found;
  }
  return isPlain(value) ? undefined : { path, what: whatIs(value, state) };
}

/** What is more than its parts: classes, whose parts may be at fault, and what only node can look into. */
function searchSpecial(value: object, path: string, state: Search): Unsendable | "sendable" | undefined {
  if (state.canSend(value)) return "sendable";
  const isWhole =
    types.isProxy(value) || value instanceof EventEmitter || state.describe?.(value) !== undefined;
  return isWhole ? { path, what: whatIs(value, state) } : undefined;
}

function searchPart(path: string, read: () => unknown, state: Search): Unsendable | undefined {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    return { path, what: `a getter that throws ${error instanceof Error ? error.message : String(error)}` };
  }
  return search(value, path, state);
}

/** These can be sent whenever their parts can. */
function isPlain(value: object): boolean {
  if (types.isProxy(value)) return false;
  if (Array.isArray(value) || types.isMap(value) || types.isSet(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && tagOf(value) === "Object";
}

/** What sending looks at: own enumerable string keys, what a Map and a Set hold, and an error's cause. */
function* partsOf(value: object, path: string): Generator<[path: string, read: () => unknown]> {
  const keys = Object.keys(value);
  if (types.isNativeError(value))
    keys.push(...["cause", "errors"].filter((key) => Object.hasOwn(value, key)));
  for (const key of keys) yield [`${path}${suffix(key, Array.isArray(value))}`, () => value[key as never]];
  if (types.isSet(value)) yield* listed([...value], `[...${path}]`);
  if (!types.isMap(value)) return;
  yield* listed([...value.keys()], `[...${path}.keys()]`);
  let index = 0;
  for (const [key, item] of value) {
    const isWord = typeof key === "string" || typeof key === "number";
    yield [isWord ? `${path}.get(${JSON.stringify(key)})` : `[...${path}.values()][${index}]`, () => item];
    index++;
  }
}

function* listed(items: readonly unknown[], path: string): Generator<[path: string, read: () => unknown]> {
  for (const [index, item] of items.entries()) yield [`${path}[${index}]`, () => item];
}

function suffix(key: string, isArray: boolean): string {
  if (isArray && /^\d+$/.test(key)) return `[${key}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function describeFunction(fn: object): string {
  const { name } = fn as { name?: unknown };
  const named = typeof name === "string" && name !== "" ? ` ${name}` : "";
  switch (functionOf(fn)?.kind) {
    case "task":
      return `the task${named}: functions stay where they are, import it in the module of the task that calls it`;
    case "actor":
      return `the actor class${named}: classes stay where they are, import it in the module that uses it`;
    case undefined:
      return /^class\b/.test(Function.prototype.toString.call(fn))
        ? `a class${named && `,${named}`}`
        : "a function";
  }
}

function whatIs(value: object, { describe }: Search): string {
  const own = describe?.(value);
  if (own !== undefined) return own;
  if (types.isProxy(value)) return "a Proxy";
  if (types.isPromise(value)) return "a Promise: await it first";
  if (types.isGeneratorObject(value)) return "a generator";
  if (types.isSharedArrayBuffer(value))
    return "a SharedArrayBuffer: only threads of one process share memory";
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value))
    return `${article(tagOf(value))}, transferred away`;
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return article(typeof name === "string" && name !== "" && name !== "Object" ? name : tagOf(value));
}

function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function article(noun: string): string {
  return `${/^[AEIO]/i.test(noun) ? "an" : "a"} ${noun}`;
}
