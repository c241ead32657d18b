import { type CallEnd, END_FIELDS, endOf, type FromHost } from "./protocol.ts";

export type Post = (message: FromHost, transfer?: ArrayBuffer[]) => void;

/** Ends that wait to be sent together. */
export interface Outbox {
  end(end: CallEnd): void;
  flush(): void;
  readonly isEmpty: boolean;
}

const ENDS_MAX = 64;
const WAIT_MS_MAX = 1;
/** Copied once and handed over, instead of copied by either side. */
const TRANSFERRED_BYTES_MIN = 64 * 1024;

/**
 * Sends ends in batches: of 64, or of what a millisecond has brought. The owner flushes when nothing is left to run, or when
 * what runs next may take long.
 *
 * @param onUnsendable gets an end whose value cannot be sent
 */
export function createOutbox(post: Post, onUnsendable: (end: CallEnd, error: unknown) => void): Outbox {
  let flat: unknown[] = [];
  let transfer: ArrayBuffer[] = [];
  let sinceMs = 0;

  const add = ({ id, ok, value, startMs, endMs }: CallEnd): void => {
    flat.push(id, ok, handedOver(value, transfer), startMs, endMs);
  };
  const flush = (): void => {
    if (flat.length === 0) return;
    const sent = flat;
    const handed = transfer;
    flat = [];
    transfer = [];
    try {
      post({ type: "ends", flat: sent }, handed);
    } catch {
      oneByOne(sent);
    }
  };
  /** One of them cannot be sent: find out which. Nothing was handed over by an attempt that failed. */
  const oneByOne = (sent: readonly unknown[]): void => {
    for (let at = 0; at < sent.length; at += END_FIELDS) {
      try {
        post({ type: "ends", flat: sent.slice(at, at + END_FIELDS) });
      } catch (error) {
        onUnsendable(endOf(sent, at), error);
      }
    }
  };
  return {
    end(end) {
      if (flat.length === 0) sinceMs = end.endMs;
      add(end);
      if (flat.length >= END_FIELDS * ENDS_MAX || end.endMs - sinceMs > WAIT_MS_MAX) flush();
    },
    flush,
    get isEmpty() {
      return flat.length === 0;
    },
  };
}

/**
 * A large array is copied, and the copy handed over. Not the array itself: the function may have kept it, and would find it
 * empty at its next call.
 */
function handedOver(value: unknown, transfer: ArrayBuffer[]): unknown {
  if (!ArrayBuffer.isView(value) || value.byteLength < TRANSFERRED_BYTES_MIN || value instanceof DataView)
    return value;
  // A Buffer's own slice() shares its memory.
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const { buffer } = new Uint8Array(bytes);
  transfer.push(buffer);
  if (Buffer.isBuffer(value)) return new Uint8Array(buffer);
  const Same = value.constructor as new (buffer: ArrayBuffer) => ArrayBufferView;
  return new Same(buffer);
}
