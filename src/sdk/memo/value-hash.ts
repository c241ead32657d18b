import { createHash, type Hash } from "node:crypto";
import { types } from "node:util";
import { Ref } from "../../kinds/function/ref.ts";
import { errorParts, isError } from "../../wire/values/error-parts.ts";

/**
 * SHA-256, in hexadecimal, of what a worker would get of a value: equal for values that structured clone makes equal copies
 * of, in whichever order the keys of their objects are. Maps and Sets have an order, which counts.
 *
 * Not by `v8.serialize`: its bytes depend on the order of keys, on how V8 has a string or a number, and on its version.
 *
 * @param hashOfRef what stands for a ref
 * @throws TypeError for what cannot be sent, or has no content to go by (functions, symbols, ports, blobs)
 */
export function valueHash(value: unknown, hashOfRef: (ref: Ref<unknown>) => string): string {
  const writer = new Writer(hashOfRef);
  writer.write(value);
  return writer.end();
}

/** Each thing begins with a letter of its own and says how long it is: no two values give the same text. */
class Writer {
  readonly #hash: Hash = createHash("sha256");
  readonly #hashOfRef: (ref: Ref<unknown>) => string;
  readonly #seen = new Map<object, number>();
  #text = "";

  constructor(hashOfRef: (ref: Ref<unknown>) => string) {
    this.#hashOfRef = hashOfRef;
  }

  end(): string {
    return this.#hash.update(this.#text).digest("hex");
  }

  write(value: unknown): void {
    switch (typeof value) {
      case "string":
        // Escapes lone surrogates, which would all become the same bytes.
        this.#text += JSON.stringify(value);
        return;
      case "number":
        this.#text += Object.is(value, -0) ? "d-0;" : `d${value};`;
        return;
      case "bigint":
        this.#text += `i${value};`;
        return;
      case "boolean":
      case "undefined":
        this.#text += `${value};`;
        return;
      case "object":
        if (value === null) this.#text += "null;";
        else this.#object(value);
        return;
      default:
        throw new TypeError(`a ${typeof value} has no content`);
    }
  }

  #object(value: object): void {
    if (value instanceof Ref) {
      this.#text += `&${this.#hashOfRef(value)}`;
      return;
    }
    const earlier = this.#seen.get(value);
    if (earlier !== undefined) {
      this.#text += `r${earlier};`;
      return;
    }
    this.#seen.set(value, this.#seen.size);
    if (ArrayBuffer.isView(value)) this.#view(value);
    else if (types.isAnyArrayBuffer(value)) this.#bytes("ArrayBuffer", new Uint8Array(value));
    else if (Array.isArray(value)) this.#array(value);
    else if (types.isMap(value)) this.#list("M", value.size, [...value].flat());
    else if (types.isSet(value)) this.#list("S", value.size, value);
    else if (types.isDate(value)) this.#text += `D${value.getTime()};`;
    else if (types.isRegExp(value)) this.#list("R", 2, [value.source, value.flags]);
    else if (isError(value)) this.#error(value);
    else if (types.isBoxedPrimitive(value)) this.#list("B", 1, [value.valueOf()]);
    else this.#properties(value);
  }

  #array(items: readonly unknown[]): void {
    this.#text += `A${items.length}:`;
    for (let index = 0; index < items.length; index++) {
      // A hole stays one.
      if (index in items) this.write(items[index]);
      else this.#text += "h;";
    }
  }

  #list(letter: string, size: number, items: Iterable<unknown>): void {
    this.#text += `${letter}${size}:`;
    for (const item of items) this.write(item);
  }

  /** Without its stack, which no two errors have in common. */
  #error(error: Error): void {
    const { name, message, properties } = errorParts(error);
    const parts = properties
      .filter(({ value }) => typeof value !== "function" && typeof value !== "symbol")
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#list("E", 2 + parts.length, [name, message, ...parts.map(({ key, value }) => [key, value])]);
  }

  #properties(value: object): void {
    const tag = Object.prototype.toString.call(value);
    if (tag !== "[object Object]") throw new TypeError(`${tag} has no content`);
    const keys = Object.keys(value).sort();
    this.#text += `O${keys.length}:`;
    for (const key of keys) {
      this.write(key);
      this.write((value as Record<string, unknown>)[key]);
    }
  }

  #view(view: ArrayBufferView): void {
    const { name } = view.constructor as { name: string };
    this.#bytes(name, new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }

  #bytes(name: string, bytes: Uint8Array): void {
    this.#hash.update(`${this.#text}V${name} ${bytes.length}:`).update(bytes);
    this.#text = "";
  }
}
