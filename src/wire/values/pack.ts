import { encode } from "../codec.ts";
import { copyContainer, isOpaque, isPlain, type Kind, kindOf, setOwn } from "./containers.ts";
import { blankError, complete, type ErrorParts, errorParts } from "./error-parts.ts";
import { memoryCopier } from "./memory.ts";
import { survey } from "./survey.ts";
import { goesAnywhere } from "./thread-only.ts";

/**
 * What structured clone would lose of values, which goes beside them in the same message, so that what is the same object
 * there is the same object here: errors as blank ones with their parts, in the same order, and which arrays are Buffers.
 */
export interface Parts {
  readonly errors: readonly Error[];
  readonly errorParts: readonly ErrorParts[];
  readonly buffers: readonly Uint8Array[];
  /** Something among the values only threads understand: there is what `encode` refuses, which would give `{}` for that. */
  readonly forThreads: SharedArrayBuffer | undefined;
}

/** Makes values ready for one message: they are sent as a local call would find them, and nothing beside them is. */
export interface Packing {
  /**
   * A value to be sent at once: only what cannot be sent as it is was copied.
   *
   * @returns undefined where it has an object that an earlier value of the message has, which would be one object there too
   */
  add(value: unknown): { readonly value: unknown } | undefined;
  /** A value to be sent later, as it is now. `isWhole`: it is too large for a copy that is sent later. */
  snapshot(value: unknown): { readonly value: unknown; readonly isWhole: boolean };
  /** Undefined where there are none, as mostly. */
  readonly parts: Parts | undefined;
  /** Memory that is nobody's but the message's. */
  readonly transfer: ArrayBuffer[];
}

/** A value with the parts that go beside it. */
export interface Packed {
  readonly value: unknown;
  readonly parts: Parts | undefined;
}

export function pack(value: unknown): Packed {
  const packing = createPacking();
  return { value: packing.add(value)!.value, parts: packing.parts };
}

/** The value again, as it is received: in place. */
export function unpack({ value, parts }: Packed): unknown {
  completeParts(parts);
  return value;
}

/** Puts the parts of a message that was received into its values. */
export function completeParts(parts: Parts | undefined): void {
  if (parts === undefined) return;
  for (const [index, error] of parts.errors.entries()) complete(error, parts.errorParts[index]!);
  for (const bytes of parts.buffers) Object.setPrototypeOf(bytes, Buffer.prototype);
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Copying more than that, to send it later, would take longer than a message of its own. */
const SNAPSHOT_SIZE_MAX = 256;
/** Getters can give errors of errors without end. */
const ERRORS_MAX = 10_000;
const DEPTH_MAX = 100;
/** What no bytes are made of. */
const NO_BYTES = new SharedArrayBuffer(0);

export function createPacking(): Packing {
  const seen = new Map<object, number>();
  const transfer: ArrayBuffer[] = [];
  const parts = {
    errors: [] as Error[],
    errorParts: [] as ErrorParts[],
    buffers: [] as Uint8Array[],
    forThreads: undefined as SharedArrayBuffer | undefined,
  };
  let added = 0;

  function add(value: unknown): { readonly value: unknown } | undefined {
    if (!isObject(value)) return { value };
    const { sharesObjects, isForThreads, leadsToParts } = survey(value, seen, added++);
    if (sharesObjects) return undefined;
    if (isForThreads) parts.forThreads = NO_BYTES;
    return { value: leadsToParts(value) ? copier(parts, transfer, leadsToParts)(value) : value };
  }

  function snapshot(value: unknown): { readonly value: unknown; readonly isWhole: boolean } {
    if (!isObject(value)) return { value, isWhole: false };
    const { size, isForThreads, leadsToParts } = survey(value, new Map(), 0);
    if (isForThreads) parts.forThreads = NO_BYTES;
    const isWhole = size > SNAPSHOT_SIZE_MAX;
    return { value: copier(parts, transfer, isWhole ? leadsToParts : () => true)(value), isWhole };
  }

  return {
    add,
    snapshot,
    transfer,
    get parts() {
      const hasAny = parts.errors.length + parts.buffers.length > 0 || parts.forThreads !== undefined;
      return hasAny ? parts : undefined;
    },
  };
}

interface PartLists {
  readonly errors: Error[];
  readonly errorParts: ErrorParts[];
  readonly buffers: Uint8Array[];
}

/** @param isCopied whether an object must not be sent as it is */
function copier(
  parts: PartLists,
  transfer: ArrayBuffer[],
  isCopied: (value: object) => boolean,
): (value: unknown) => unknown {
  const copies = new Map<object, unknown>();
  const memory = memoryCopier(transfer);
  let depth = 0;

  function copy(value: unknown): unknown {
    if (!isObject(value)) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const kind = kindOf(value);
    // Where a getter gives another error each time, nobody has seen this one.
    return depth > 0 || kind === "error" || isCopied(value) ? copyOf(value, kind) : value;
  }

  function copyOf(value: object, kind: Kind): unknown {
    switch (kind) {
      case "error":
        return blank(value as Error);
      case "view":
        return remember(value, ownView(value as ArrayBufferView));
      case "buffer":
        return value instanceof ArrayBuffer ? remember(value, memory.buffer(value)) : value;
      case "date":
        return remember(value, new Date((value as Date).getTime()));
      case "leaf":
        return value;
      default:
        // What has nothing that can be seen may have more than that, as keys and the like have.
        if (!isOpaque(value, kind)) return copyContainer(value, copies, copy);
        if (depth > 0 && !goesAnywhere(value)) throw new Error("part of an error that must arrive anywhere");
        return value;
    }
  }

  function remember(value: object, made: object): object {
    copies.set(value, made);
    return made;
  }

  function ownView(view: ArrayBufferView): ArrayBufferView {
    const own = memory.view(view);
    if (Buffer.isBuffer(view)) parts.buffers.push(own as Uint8Array);
    return own;
  }

  /** All that it has is beside it. */
  function blank(error: Error): Error {
    const made = blankError();
    copies.set(error, made);
    const at = parts.errors.push(made) - 1;
    const own = errorParts(error);
    parts.errorParts[at] = { ...own, properties: [] };
    if (at >= ERRORS_MAX || depth >= DEPTH_MAX) return made;
    depth++;
    const properties = own.properties.map((one) => ({ ...one, value: sendable(one.value) }));
    depth--;
    parts.errorParts[at] = { ...own, properties: properties.filter(({ value }) => value !== NOTHING) };
    return made;
  }

  /** What of a part of an error can be sent anywhere: an error must always arrive. */
  function sendable(value: unknown): unknown {
    if (typeof value === "function" || typeof value === "symbol") return NOTHING;
    if (!isObject(value)) return value;
    const before = [copies.size, parts.errors.length, parts.buffers.length] as const;
    try {
      const made = copy(value);
      encode(made);
      return made;
    } catch {
      takeBack(...before);
      return depth < DEPTH_MAX ? pruned(value) : NOTHING;
    }
  }

  /** What can be sent of something that cannot. */
  function pruned(value: object): unknown {
    const kind = kindOf(value);
    if (kind !== "array" && !(kind === "object" && isPlain(value))) return NOTHING;
    const made: object = kind === "array" ? [] : {};
    copies.set(value, made);
    depth++;
    for (const key of Object.keys(value)) {
      const item = sendable(readable(value, key));
      if (item !== NOTHING) setOwn(made, key, item);
    }
    depth--;
    return made;
  }

  function takeBack(copied: number, errors: number, buffers: number): void {
    for (const key of [...copies.keys()].slice(copied)) copies.delete(key);
    parts.errors.length = parts.errorParts.length = errors;
    parts.buffers.length = buffers;
  }

  return copy;
}

/** A getter may throw. */
function readable(value: object, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return NOTHING;
  }
}

const NOTHING = Symbol("nothing");
