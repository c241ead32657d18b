/** Fresh memory of so many bytes is handed over to another thread instead of being copied once more. */
const HANDED_OVER_BYTES_MIN = 64 * 1024;

/** Whether memory of others would travel along: node's pool, or the rest of a large array. */
export function isPartOfMore({ buffer, byteLength }: ArrayBufferView): boolean {
  return byteLength !== buffer.byteLength && !(buffer instanceof SharedArrayBuffer);
}

/** The same kind of view of other memory; of a Buffer, the array that it is. */
export function viewOf(
  like: ArrayBufferView,
  buffer: ArrayBufferLike,
  byteOffset: number = 0,
): ArrayBufferView {
  const Same = baseOf(like);
  return new Same(buffer, byteOffset, like.byteLength / (Same.BYTES_PER_ELEMENT ?? 1));
}

type ViewClass = {
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): ArrayBufferView;
};

/** What the language calls it, whichever class extends that. */
function baseOf(view: ArrayBufferView): ViewClass {
  const name = (view as unknown as { readonly [Symbol.toStringTag]: string })[Symbol.toStringTag];
  return (globalThis as unknown as Record<string, ViewClass>)[name]!;
}

/** The bytes of a view, and no others. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * Copies memory for one message. Views of the whole of a memory stay views of one memory.
 *
 * @param transfer large copies are put there, to be handed over
 */
export function memoryCopier(transfer: ArrayBuffer[]): {
  view(view: ArrayBufferView): ArrayBufferView;
  buffer(buffer: ArrayBuffer): ArrayBuffer;
} {
  const copies = new Map<ArrayBuffer, ArrayBuffer>();

  function handOver(buffer: ArrayBuffer): ArrayBuffer {
    if (buffer.byteLength >= HANDED_OVER_BYTES_MIN) transfer.push(buffer);
    return buffer;
  }

  function copyOf(buffer: ArrayBuffer): ArrayBuffer {
    const known = copies.get(buffer);
    if (known !== undefined) return known;
    // Gone: to be refused when it is sent.
    if (buffer.detached) return buffer;
    const copy = handOver(buffer.resizable ? structuredClone(buffer) : buffer.slice(0));
    copies.set(buffer, copy);
    return copy;
  }

  return {
    buffer: copyOf,
    view(view) {
      const { buffer } = view;
      if (buffer instanceof SharedArrayBuffer) return viewOf(view, buffer, view.byteOffset);
      if (isPartOfMore(view)) return viewOf(view, handOver(bytesOf(view).slice().buffer as ArrayBuffer));
      return viewOf(view, copyOf(buffer as ArrayBuffer));
    },
  };
}
