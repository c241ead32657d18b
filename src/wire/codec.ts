import { Deserializer, Serializer } from "node:v8";

/**
 * Values as bytes, for another process: what structured clone knows, but for shared memory and what belongs to a thread.
 * Each array with a type travels as its own bytes, whatever memory it is a view of, and has memory of its own then.
 */
export function encode(value: unknown, options: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
  const writer = new Writer(options);
  writer.writeHeader();
  writer.writeValue(value);
  return writer.releaseBuffer() as Uint8Array<ArrayBuffer>;
}

/** @param constantOf memory that has come before, by the number that `encode` was given for it */
export function decode(bytes: Uint8Array, constantOf?: (number: number) => ArrayBufferLike): unknown {
  const reader = new Reader(bytes, constantOf);
  reader.readHeader();
  return reader.readValue();
}

export interface EncodeOptions {
  /** A number by which the other side knows this memory; undefined for memory whose bytes are to be sent. */
  readonly constant?: (buffer: SharedArrayBuffer) => number | undefined;
}

type View = NodeJS.TypedArray | DataView;
type ViewClass = new (buffer: ArrayBufferLike, offset: number, length: number) => View;

/** By their place here, which other versions must know too: new ones come at the end. */
const classes: readonly ViewClass[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  DataView,
  BigInt64Array,
  BigUint64Array,
  // Node 24 has it.
  ...("Float16Array" in globalThis ? [globalThis.Float16Array as ViewClass] : []),
];
const BUFFER = 255;
/** Added for one whose memory is known by a number. */
const BY_NUMBER = 0x100;

class Writer extends Serializer {
  readonly #options: EncodeOptions;

  constructor(options: EncodeOptions) {
    super();
    this.#options = options;
    asHostObjects(this);
  }

  /** Called by V8 for each view. */
  _writeHostObject(view: View): void {
    const number = Buffer.isBuffer(view) ? BUFFER : classes.indexOf(view.constructor as ViewClass);
    const { buffer, byteOffset, byteLength } = view;
    if (number === -1 || (buffer instanceof ArrayBuffer && buffer.detached))
      throw new Error(`${view.constructor.name} could not be cloned.`);
    const constant = buffer instanceof SharedArrayBuffer ? this.#options.constant?.(buffer) : undefined;
    this.writeUint32(constant === undefined ? number : number + BY_NUMBER);
    this.writeUint32(byteLength);
    if (constant === undefined) return this.writeRawBytes(new Uint8Array(buffer, byteOffset, byteLength));
    this.writeUint32(constant);
    this.writeDouble(byteOffset);
  }

  get _getDataCloneError(): ErrorConstructor {
    return Error;
  }
}

class Reader extends Deserializer {
  readonly #constantOf: ((number: number) => ArrayBufferLike) | undefined;

  constructor(bytes: Uint8Array, constantOf: ((number: number) => ArrayBufferLike) | undefined) {
    super(bytes as NodeJS.TypedArray);
    this.#constantOf = constantOf;
  }

  /** Called by V8 for what `_writeHostObject` has written. */
  _readHostObject(): View {
    const kind = this.readUint32();
    const byteLength = this.readUint32();
    const [buffer, offset] =
      kind >= BY_NUMBER
        ? [this.#constantOf!(this.readUint32()), this.readDouble()]
        : [new Uint8Array(this.readRawBytes(byteLength)).buffer, 0];
    const number = kind % BY_NUMBER;
    if (number === BUFFER) return Buffer.from(buffer as ArrayBuffer, offset, byteLength);
    const Same = classes[number]!;
    const unit = (Same as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    return new Same(buffer, offset, byteLength / unit);
  }
}

/** Node's own serializers call it; no documentation does. */
function asHostObjects(writer: Serializer): void {
  (
    writer as unknown as { _setTreatArrayBufferViewsAsHostObjects(is: boolean): void }
  )._setTreatArrayBufferViewsAsHostObjects(true);
}
