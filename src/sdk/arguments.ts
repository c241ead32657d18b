import { markConstant } from "../wire/constant.ts";
import type { Call } from "./call.ts";
import { callOfRef, Ref } from "./ref.ts";

/** Calls whose refs are in the arguments, at any depth; undefined for none. */
export function inputsOf(args: readonly unknown[]): readonly Call[] | undefined {
  let found: Set<Call> | undefined;
  for (const arg of args) {
    if (typeof arg !== "object" || arg === null) continue;
    visit(arg, new Set(), (ref) => (found ??= new Set()).add(callOfRef(ref)));
  }
  return found && [...found];
}

/** The arguments with values in place of refs. Large arrays of these values are in shared memory, once for all tasks. */
export function withValues(args: readonly unknown[]): readonly unknown[] {
  const copies = new Map<object, unknown>();
  return args.map((arg) =>
    replaced(arg, copies, (value) => (value instanceof Ref ? sharedValue(value) : undefined)),
  );
}

/** Smaller arrays are copied to each task faster than they are shared. */
const SHARED_BYTES_MIN = 64 * 1024;

/** The value with its large arrays in shared memory. */
export function shared(value: unknown): unknown {
  return replaced(value, new Map(), (one) => (isLarge(one) ? inSharedMemory(one) : undefined));
}

function sharedValue(ref: Ref<unknown>): { value: unknown } {
  const call = callOfRef(ref);
  if (call.shared === undefined) {
    call.shared = { value: shared(call.value) };
    // The same bytes twice would be once too often.
    call.value = call.shared.value;
  }
  return call.shared;
}

function isLarge(value: unknown): value is ArrayBufferView {
  return (
    ArrayBuffer.isView(value) &&
    value.byteLength >= SHARED_BYTES_MIN &&
    !(value.buffer instanceof SharedArrayBuffer)
  );
}

function inSharedMemory(view: ArrayBufferView): { value: ArrayBufferView } {
  const buffer = new SharedArrayBuffer(view.byteLength);
  markConstant(buffer);
  new Uint8Array(buffer).set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  if (Buffer.isBuffer(view)) return { value: new Uint8Array(buffer) };
  const Same = view.constructor as new (buffer: SharedArrayBuffer) => ArrayBufferView;
  return { value: new Same(buffer) };
}

/** The bytes of the large arrays in a value; 0 for none. */
export function largeBytesOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let bytes = 0;
  visit(value, new Set(), undefined, (one) => {
    if (ArrayBuffer.isView(one) && one.byteLength >= SHARED_BYTES_MIN) bytes += one.byteLength;
  });
  return bytes;
}

type Replace = (value: object) => { value: unknown } | undefined;

/**
 * A copy in which some parts are replaced, down through what structured clone looks into: plain objects, arrays, Maps and
 * Sets. Objects that are there twice, or in a circle, are so in the copy.
 */
export function replaced(value: unknown, copies: Map<object, unknown>, replace: Replace): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const other = replace(value);
  if (other !== undefined) {
    copies.set(value, other.value);
    return other.value;
  }
  if (!isContainer(value)) return value;
  const inner = (one: unknown): unknown => replaced(one, copies, replace);
  if (Array.isArray(value)) {
    const copy: unknown[] = [];
    copies.set(value, copy);
    for (const item of value) copy.push(inner(item));
    return copy;
  }
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
  const copy: Record<string, unknown> = {};
  copies.set(value, copy);
  for (const [key, item] of Object.entries(value)) copy[key] = inner(item);
  return copy;
}

/** Walks through containers, and tells each ref, and each object that is no container. */
function visit(
  value: object,
  seen: Set<object>,
  onRef: ((ref: Ref<unknown>) => void) | undefined,
  onLeaf?: (value: object) => void,
): void {
  if (value instanceof Ref) return onRef?.(value);
  if (seen.has(value)) return;
  if (!isContainer(value)) return onLeaf?.(value);
  seen.add(value);
  const items =
    value instanceof Map ? [...value].flat() : value instanceof Set ? value : Object.values(value);
  for (const item of items) if (typeof item === "object" && item !== null) visit(item, seen, onRef, onLeaf);
}

function isContainer(value: object): boolean {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const proto = Object.getPrototypeOf(value);
  return proto === Object.prototype || proto === null;
}
