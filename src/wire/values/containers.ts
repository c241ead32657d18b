import { EventEmitter } from "node:events";
import { types } from "node:util";

/**
 * What a part of a value is to structured clone. `object` is also an instance of a class, which arrives as a plain object;
 * a `leaf` is sent as it is, or cannot be.
 */
export type Kind = "array" | "map" | "set" | "object" | "error" | "view" | "buffer" | "date" | "leaf";

export function kindOf(value: object): Kind {
  // It may throw at any question.
  if (types.isProxy(value)) return "leaf";
  if (Array.isArray(value)) return "array";
  if (ArrayBuffer.isView(value)) return "view";
  if (isPlain(value)) return "object";
  if (value instanceof Map) return "map";
  if (value instanceof Set) return "set";
  if (types.isNativeError(value) || value instanceof Error) return "error";
  if (types.isAnyArrayBuffer(value)) return "buffer";
  if (value instanceof Date) return "date";
  const isWhole =
    types.isRegExp(value) ||
    types.isBoxedPrimitive(value) ||
    types.isPromise(value) ||
    value instanceof EventEmitter;
  return isWhole ? "leaf" : "object";
}

/** What is looked into: nothing of what is no container. Runs the getters that sending would run. */
export function itemsOf(value: object, kind: Kind): readonly unknown[] {
  switch (kind) {
    case "array": {
      const items = value as readonly unknown[];
      // With its other properties, and without the holes of one that is mostly holes.
      return items.length <= SHORT || items.length > PACKED_MAX ? Object.values(items) : items;
    }
    case "map":
      return [...(value as ReadonlyMap<unknown, unknown>)].flat();
    case "set":
      return [...(value as ReadonlySet<unknown>)];
    case "object":
      return Object.values(value);
    default:
      return [];
  }
}

/** An array that has properties beside its items, as a match of a RegExp has, is that short. */
const SHORT = 256;
/** V8 has longer ones as tables of what is there. */
const PACKED_MAX = 2 ** 25;

/**
 * A copy of a container, which is among the copies before its items are: so what is there twice, or in a circle, is so in
 * the copy. Own properties become own properties, whatever their names.
 */
export function copyContainer(
  value: object,
  copies: Map<object, unknown>,
  inner: (item: unknown) => unknown,
): unknown {
  if (value instanceof Map) {
    const copy = new Map<unknown, unknown>();
    copies.set(value, copy);
    for (const [key, item] of value) copy.set(inner(key), inner(item));
    return copy;
  }
  if (value instanceof Set) {
    const copy = new Set<unknown>();
    copies.set(value, copy);
    for (const item of value) copy.add(inner(item));
    return copy;
  }
  // A hole stays one.
  const copy = Array.isArray(value) ? new Array<unknown>(value.length) : {};
  copies.set(value, copy);
  for (const key of Object.keys(value)) setOwn(copy, key, inner((value as Record<string, unknown>)[key]));
  return copy;
}

/** No instance of a class: what has nothing that can be seen has nothing. */
export function isPlain(value: object): boolean {
  const proto: unknown = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
}

/** It has nothing that can be seen, and may be more than that: a URL, a Blob, a key, a compiled module. */
export function isOpaque(value: object, kind: Kind): boolean {
  return kind === "object" && !isPlain(value) && Object.keys(value).length === 0;
}

/** By definition where assignment would set the prototype. */
export function setOwn(object: object, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else (object as Record<string, unknown>)[key] = value;
}
