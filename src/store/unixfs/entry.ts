import { bufferOf } from "../../bytes/bytes.ts";
import { malformed, readFields, readVarint, varintLength, writeVarint } from "./protobuf.ts";

/** What the data of a dag-pb node says: https://specs.ipfs.tech/unixfs/ */
export interface UnixFsEntry {
  readonly type: EntryType;
  /** Of a file: the bytes in the node itself, before those of its links. Of a symlink: its target. Of a shard: which of
   * its places are taken. */
  readonly data: Uint8Array;
  /** Of a file: its length. */
  readonly fileBytes: number | undefined;
  /** Of a file: the length of the content under each link. */
  readonly partBytes: readonly number[];
  /** Of a shard: the number of its places, and the multicodec of the hash that chooses them. */
  readonly fanout: number | undefined;
  readonly hashCode: number | undefined;
}

export type EntryType = "raw" | "directory" | "file" | "metadata" | "symlink" | "shard";

const TYPES: readonly EntryType[] = ["raw", "directory", "file", "metadata", "symlink", "shard"];
const TYPE = 1;
const DATA = 2;
const FILE_BYTES = 3;
const PART_BYTES = 4;
const HASH_CODE = 5;
const FANOUT = 6;

/** The data of a node of a file whose bytes are all behind its links. */
export function fileData(fileBytes: number, partBytes: readonly number[]): Buffer {
  const fields: [number, number][] = [
    [TYPE, TYPES.indexOf("file")],
    [FILE_BYTES, fileBytes],
  ];
  for (const bytes of partBytes) fields.push([PART_BYTES, bytes]);
  return encodeNumbers(fields);
}

export function directoryData(): Buffer {
  return encodeNumbers([[TYPE, TYPES.indexOf("directory")]]);
}

export function symlinkData(target: string): Buffer {
  return Buffer.concat([encodeNumbers([[TYPE, TYPES.indexOf("symlink")]]), dataField(bufferOf(target))]);
}

export function shardData(bitField: Uint8Array, hashCode: number, fanout: number): Buffer {
  return Buffer.concat([
    encodeNumbers([[TYPE, TYPES.indexOf("shard")]]),
    dataField(bitField),
    encodeNumbers([
      [HASH_CODE, hashCode],
      [FANOUT, fanout],
    ]),
  ]);
}

function dataField(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(1 + varintLength(bytes.length));
  head[0] = DATA * 8 + 2;
  writeVarint(head, 1, bytes.length);
  return Buffer.concat([head, bytes]);
}

function encodeNumbers(fields: readonly (readonly [field: number, value: number])[]): Buffer {
  const target = Buffer.allocUnsafe(fields.reduce((sum, [, value]) => sum + 1 + varintLength(value), 0));
  let at = 0;
  for (const [field, value] of fields) {
    target[at] = field * 8;
    at = writeVarint(target, at + 1, value);
  }
  return target;
}

/** @throws YonderError INPUT where the data of a node is not UnixFS */
export function decodeEntry(bytes: Uint8Array): UnixFsEntry {
  let type: EntryType | undefined;
  let data: Uint8Array = new Uint8Array(0);
  const numbers = new Map<number, number>();
  const partBytes: number[] = [];
  for (const { number, value } of readFields(bytes)) {
    if (typeof value !== "number") {
      if (number === DATA) data = value;
      // Others may pack the lengths into one field, as protobuf allows.
      else if (number === PART_BYTES) partBytes.push(...unpacked(value));
    } else if (number === TYPE) type = TYPES[value];
    else if (number === PART_BYTES) partBytes.push(value);
    else numbers.set(number, value);
  }
  if (type === undefined) throw malformed("a node whose data is not UnixFS");
  return {
    type,
    data,
    partBytes,
    fileBytes: numbers.get(FILE_BYTES),
    fanout: numbers.get(FANOUT),
    hashCode: numbers.get(HASH_CODE),
  };
}

function* unpacked(bytes: Uint8Array): Generator<number> {
  for (let at = 0; at < bytes.length; ) {
    const { value, next } = readVarint(bytes, at);
    yield value;
    at = next;
  }
}
