import type { Readable, Writable } from "node:stream";

/**
 * Messages of many channels over one stream of bytes. A message goes in frames of at most `FRAME_BYTES_MAX`, and channels
 * take turns, so that a large message of one does not hold up the others. A frame is a length and a channel (both 32 bits,
 * little-endian), a byte that is 1 where the message goes on in the channel's next frame, and so many bytes.
 */
const FRAME_BYTES_MAX = 128 * 1024;
const HEADER_BYTES = 9;

export interface FrameSender {
  /** Takes the bytes as they are: they must not change any more. Resolves when the stream has them all, or has ended. */
  send(channel: number, message: Uint8Array): Promise<void>;
  /** Bytes that the stream has not taken yet. */
  readonly waitingBytes: number;
}

interface Outgoing {
  readonly bytes: Uint8Array;
  at: number;
  sent(): void;
}

/** Writes as fast as the other side reads: what it has not taken waits here. */
export function frameSender(output: Writable): FrameSender {
  const channels = new Map<number, Outgoing[]>();
  let waitingBytes = 0;
  let isFull = false;
  let isOver = false;

  function pump(): void {
    if (isFull || isOver) return;
    output.cork();
    for (let next = firstOf(channels); next !== undefined && !isFull; next = firstOf(channels))
      sendFrame(...next);
    output.uncork();
  }

  function sendFrame(channel: number, queue: Outgoing[]): void {
    const first = queue[0]!;
    const part = first.bytes.subarray(first.at, first.at + FRAME_BYTES_MAX);
    first.at += part.length;
    const isLast = first.at === first.bytes.length;
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32LE(part.length, 0);
    header.writeUInt32LE(channel, 4);
    header[8] = isLast ? 0 : 1;
    output.write(header);
    isFull = !output.write(part);
    waitingBytes -= part.length;
    if (isLast) {
      first.sent();
      queue.shift();
    }
    // To the end of the line, if there is more.
    channels.delete(channel);
    if (queue.length > 0) channels.set(channel, queue);
  }

  output.on("drain", () => {
    isFull = false;
    pump();
  });
  output.on("close", () => {
    isOver = true;
    waitingBytes = 0;
    for (const queue of channels.values()) for (const { sent } of queue) sent();
    channels.clear();
  });
  // Whoever reads the other direction is told of the end.
  output.on("error", () => {});
  return {
    send(channel, bytes) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (isOver) resolve();
      else {
        const queue = channels.get(channel);
        const message = { bytes, at: 0, sent: resolve };
        if (queue === undefined) channels.set(channel, [message]);
        else queue.push(message);
        waitingBytes += bytes.length;
        pump();
      }
      return promise;
    },
    get waitingBytes() {
      return waitingBytes;
    },
  };
}

function firstOf<K, V>(map: ReadonlyMap<K, V>): [K, V] | undefined {
  return map.entries().next().value;
}

/** Calls back with each whole message, which has its memory for itself. What comes before the line `magic` is passed over. */
export function readFrames(
  input: Readable,
  magic: string,
  onMessage: (channel: number, message: Uint8Array<ArrayBuffer>) => void,
): void {
  const line = Buffer.from(`${magic}\n`);
  const parts = new Map<number, Buffer[]>();
  let rest: Buffer = Buffer.alloc(0);
  let hasBegun = false;

  input.on("data", (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (!hasBegun) {
      const at = rest.indexOf(line);
      if (at === -1) return;
      hasBegun = true;
      rest = rest.subarray(at + line.length);
    }
    while (rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + rest.readUInt32LE(0);
      if (rest.length < end) break;
      take(rest.readUInt32LE(4), rest[8] === 1, rest.subarray(HEADER_BYTES, end));
      rest = rest.subarray(end);
    }
  });

  function take(channel: number, goesOn: boolean, part: Buffer): void {
    const known = parts.get(channel);
    if (goesOn) {
      if (known === undefined) parts.set(channel, [part]);
      else known.push(part);
      return;
    }
    parts.delete(channel);
    onMessage(channel, joined(known === undefined ? [part] : [...known, part]));
  }
}

function joined(parts: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
