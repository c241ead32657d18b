import { markConstant } from "../wire/constant.ts";
import { copyContainer, isPlain } from "../wire/values/containers.ts";
import { bytesOf, isPartOfMore, viewOf } from "../wire/values/memory.ts";
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

/** The value with its large arrays in shared memory, and without what is around its small ones. */
export function shared(value: unknown): unknown {
  return replaced(value, new Map(), (one) => {
    if (!ArrayBuffer.isView(one)) return undefined;
    if (isLarge(one)) return inSharedMemory(one);
    return isPartOfMore(one) ? { value: sameView(one, bytesOf(one).slice().buffer) } : undefined;
  });
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

function isLarge({ byteLength, buffer }: ArrayBufferView): boolean {
  return byteLength >= SHARED_BYTES_MIN && !(buffer instanceof SharedArrayBuffer);
}

function inSharedMemory(view: ArrayBufferView): { value: ArrayBufferView } {
  const buffer = new SharedArrayBuffer(view.byteLength);
  markConstant(buffer);
  new Uint8Array(buffer).set(bytesOf(view));
  return { value: sameView(view, buffer) };
}

function sameView(like: ArrayBufferView, buffer: ArrayBufferLike): ArrayBufferView {
  return Buffer.isBuffer(like) ? Buffer.from(buffer) : viewOf(like, buffer);
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
function replaced(value: unknown, copies: Map<object, unknown>, replace: Replace): unknown {
  if (typeof value !== "object" || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  const other = replace(value);
  if (other !== undefined) {
    copies.set(value, other.value);
    return other.value;
  }
  if (!isContainer(value)) return value;
  return copyContainer(value, copies, (one) => replaced(one, copies, replace));
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
  return isPlain(value);
}
