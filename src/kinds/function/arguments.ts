import { markConstant } from "../../wire/constant.ts";
import { copyContainer, isPlain } from "../../wire/values/containers.ts";
import { bytesOf, isPartOfMore, viewOf } from "../../wire/values/memory.ts";
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
  try {
    return args.map((arg) =>
      replaced(arg, copies, (value) => (value instanceof Ref ? sharedValue(value) : undefined)),
    );
  } catch {
    // A getter that throws, or too deep: whoever sends them refuses them, by the name of the part that is at fault.
    return args;
  }
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

/** Walks through containers, however deep, and tells each ref, and each object that is no container. */
function visit(
  value: object,
  seen: Set<object>,
  onRef: ((ref: Ref<unknown>) => void) | undefined,
  onLeaf?: (value: object) => void,
): void {
  const open = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one instanceof Ref) onRef?.(one);
    else if (seen.has(one)) continue;
    else if (!isContainer(one)) onLeaf?.(one);
    else {
      seen.add(one);
      for (const item of itemsIn(one)) if (typeof item === "object" && item !== null) open.push(item);
    }
  }
}

/** None where a getter throws: what cannot be read is refused, by its name, when it is sent. */
function itemsIn(container: object): Iterable<unknown> {
  if (container instanceof Map) return [...container].flat();
  if (container instanceof Set) return container;
  try {
    return Object.values(container);
  } catch {
    return [];
  }
}

function isContainer(value: object): boolean {
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  return isPlain(value);
}
