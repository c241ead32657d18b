/** Reads a stream of bytes in the lengths that its format says. Memory: what was asked for, and the piece it ends in. */
export class ByteReader {
  /** How many bytes have been taken. */
  offset = 0;
  private readonly pieces: AsyncIterator<Uint8Array>;
  private held: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.pieces = source[Symbol.asyncIterator]();
  }

  /** The next bytes, new memory; fewer than asked for only at the end. */
  async take(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for (let missing = length; missing > 0 && (await this.fill()); ) {
      const part = this.held.subarray(0, missing);
      this.held = this.held.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    const bytes = Buffer.concat(parts);
    this.offset += bytes.length;
    return bytes;
  }

  /** A protobuf varint; undefined at the end, Infinity where it is cut off or above 2^53. */
  async varint(): Promise<number | undefined> {
    if (!(await this.fill())) return undefined;
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49 && (await this.fill()); scale *= 128) {
      const byte = this.held[0]!;
      this.held = this.held.subarray(1);
      this.offset++;
      value += (byte & 127) * scale;
      if (byte < 128) return value <= Number.MAX_SAFE_INTEGER ? value : Infinity;
    }
    return Infinity;
  }

  /** Ends the source, where that is not at its end. */
  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  /** True when there is a byte more. */
  private async fill(): Promise<boolean> {
    while (this.held.length === 0) {
      const { value, done } = await this.pieces.next();
      if (done) return false;
      this.held = value;
    }
    return true;
  }
}
