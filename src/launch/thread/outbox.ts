import { type CallEnd, type FromHost, packEnds } from "./protocol.ts";

export type Post = (message: FromHost, transfer?: ArrayBuffer[]) => void;

/** Ends that wait to be sent together. */
export interface Outbox {
  end(end: CallEnd): void;
  flush(): void;
}

const ENDS_MAX = 64;
const WAIT_MS_MAX = 1;
/** Copied once and handed over, instead of copied by either side. */
const TRANSFERRED_BYTES_MIN = 64 * 1024;

/**
 * Sends ends in batches: of 64, or of what a millisecond has brought. The owner flushes when nothing is left to run, or when
 * what runs next may take long.
 *
 * @param instead gives what to send for an end whose value cannot be sent: something that can
 */
export function createOutbox(post: Post, instead: (end: CallEnd, error: unknown) => CallEnd): Outbox {
  let ends: CallEnd[] = [];
  let sinceMs = 0;

  const flush = (): void => {
    if (ends.length === 0) return;
    const sent = ends;
    ends = [];
    const transfer: ArrayBuffer[] = [];
    const values = sent.map(({ value }) => handedOver(value, transfer));
    try {
      post({ type: "ends", ...packEnds(sent, values) }, transfer);
    } catch (error) {
      // One of them cannot be sent: find out which. Nothing was handed over by an attempt that failed.
      const one = sent.length === 1 ? [instead(sent[0]!, error)] : sent;
      for (const end of one) {
        ends = [end];
        flush();
      }
    }
  };
  return {
    end(end) {
      if (ends.length === 0) sinceMs = end.endMs;
      ends.push(end);
      if (ends.length >= ENDS_MAX || end.endMs - sinceMs > WAIT_MS_MAX) flush();
    },
    flush,
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
