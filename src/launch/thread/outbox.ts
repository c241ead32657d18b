import { createPacking, isObject, type Packing } from "../../wire/values/pack.ts";
import { type CallEnd, type FromHost, packEnds } from "./protocol.ts";

export type Post = (message: FromHost, transfer?: ArrayBuffer[]) => void;

/** Ends that wait to be sent together. */
export interface Outbox {
  /** Its value is sent as it is now, whatever later calls do to it. */
  end(end: CallEnd): void;
  flush(): void;
}

const ENDS_MAX = 256;
const WAIT_MS_MAX = 1;

/**
 * Sends ends in batches: of 256, or of what a millisecond has brought. The owner flushes when nothing is left to run, or when
 * what runs next may take long.
 *
 * @param instead gives what to send for an end whose value cannot be sent: something that can
 */
export function createOutbox(post: Post, instead: (end: CallEnd, error: unknown) => CallEnd): Outbox {
  let ends: CallEnd[] = [];
  /** Of the values of the ends that are objects. */
  let packing: Packing | undefined;
  let sinceMs = 0;

  /** Whether it has to be sent at once. */
  function add(end: CallEnd): boolean {
    if (ends.length === 0) sinceMs = end.endMs;
    if (!isObject(end.value)) {
      ends.push(end);
      return false;
    }
    try {
      packing ??= createPacking();
      const { value, isWhole } = packing.snapshot(end.value);
      ends.push({ ...end, value });
      return isWhole;
    } catch (error) {
      return add(instead(end, error));
    }
  }

  function flush(): void {
    if (ends.length === 0) return;
    const sent = ends;
    const parts = packing?.parts;
    const transfer = packing?.transfer;
    ends = [];
    packing = undefined;
    try {
      post({ type: "ends", ...packEnds(sent, parts) }, transfer);
    } catch {
      // Nothing was handed over by an attempt that failed.
      for (const end of sent) sendAlone(end, parts);
    }
  }

  /** One of several cannot be sent: this, or another. */
  function sendAlone(end: CallEnd, parts: Packing["parts"]): void {
    try {
      post({ type: "ends", ...packEnds([end], parts) });
    } catch (error) {
      add(instead(end, error));
      flush();
    }
  }

  return {
    end(end) {
      const isWhole = add(end);
      if (isWhole || ends.length >= ENDS_MAX || end.endMs - sinceMs > WAIT_MS_MAX) flush();
    },
    flush,
  };
}
