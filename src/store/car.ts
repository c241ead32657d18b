import { YonderError } from "../interface/errors.ts";
import type { AbortOptions, BlockStore, Cid } from "../interface/store.ts";
import { ByteReader } from "./byte-reader.ts";
import { cborLinks } from "./cbor-links.ts";
import { CID_BYTES, cidToBytes, readCid } from "./cid.ts";
import { putAhead } from "./put-ahead.ts";
import type { BlockSource } from "./read-ahead.ts";
import type { Block } from "./unixfs/block.ts";
import { varintLength, writeVarint } from "./unixfs/protobuf.ts";
import { walkDag } from "./walk.ts";

/** Longer than any block that programs exchange; what claims to be longer is damaged. */
const SECTION_BYTES_MAX = 8 * 1024 * 1024;

/**
 * The roots and all below them as a CARv1 file (https://ipld.io/specs/transport/car/carv1/): each block once, depth
 * first, the order in which `ipfs dag export` has them. The bytes depend on the roots alone.
 *
 * @throws YonderError STORE_MISSING, STORE_CORRUPT, in the middle of the file
 */
export async function* exportCar(
  store: BlockSource,
  roots: readonly Cid[],
  options?: AbortOptions,
): AsyncGenerator<Uint8Array> {
  yield section([headerOf(roots)]);
  for await (const { cid, bytes } of walkDag(store, roots, options)) {
    yield section([cidToBytes(cid)], bytes.length);
    yield bytes;
  }
}

/** A length, and what begins with it; `more` bytes follow. */
function section(parts: readonly Uint8Array[], more = 0): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, more);
  const head = Buffer.alloc(varintLength(length));
  writeVarint(head, 0, length);
  return Buffer.concat([head, ...parts]);
}

/** `{ roots: [...], version: 1 }` in dag-cbor. */
function headerOf(roots: readonly Cid[]): Buffer {
  const links = roots.map((root) => Buffer.concat([LINK_HEAD, cidToBytes(root)]));
  return Buffer.concat([ROOTS_KEY, arrayHead(roots.length), ...links, VERSION_1]);
}

const ROOTS_KEY = Buffer.from([0xa2, 0x65, ...Buffer.from("roots")]);
/** Tag 42, and a byte string of a zero and a CID. */
const LINK_HEAD = Buffer.of(0xd8, 42, 0x58, CID_BYTES + 1, 0);
const VERSION_KEY = Buffer.from([0x67, ...Buffer.from("version")]);
const VERSION_1 = Buffer.concat([VERSION_KEY, Buffer.of(1)]);

function arrayHead(length: number): Buffer {
  if (length < 24) return Buffer.of(0x80 + length);
  return length < 256 ? Buffer.of(0x98, length) : Buffer.of(0x99, length >> 8, length & 255);
}

export interface ImportedCar {
  readonly roots: readonly Cid[];
  readonly blocks: number;
  /** Of the blocks together. */
  readonly sizeBytes: number;
}

/**
 * Puts every block of a CARv1 file, each verified, and flushes. What came before damage stays: it is right, and a
 * second try has it for nothing.
 *
 * @throws YonderError INPUT where it is not a CARv1 file or is cut off; STORE_CORRUPT for a block that is not what its
 * CID says; STORE_FULL
 */
export async function importCar(
  store: BlockStore,
  source: AsyncIterable<Uint8Array>,
  options: AbortOptions = {},
): Promise<ImportedCar> {
  const reader = new ByteReader(source);
  try {
    return await importFrom(store, reader, options);
  } finally {
    await reader.close();
  }
}

async function importFrom(
  store: BlockStore,
  reader: ByteReader,
  options: AbortOptions,
): Promise<ImportedCar> {
  const roots = await readHeader(reader);
  let blocks = 0;
  let sizeBytes = 0;
  async function* counted(): AsyncGenerator<Block> {
    for await (const block of sectionsOf(reader)) {
      blocks++;
      sizeBytes += block.bytes.length;
      yield block;
    }
  }
  await putAhead(store, counted(), options);
  await store.flush();
  return { roots, blocks, sizeBytes };
}

async function readHeader(reader: ByteReader): Promise<Cid[]> {
  const length = await reader.varint();
  if (length === undefined) throw damaged("it is empty");
  if (length > SECTION_BYTES_MAX) throw damaged("it does not begin as one");
  const header = await takeAll(reader, length);
  if (header.includes(VERSION_KEY) && !header.includes(VERSION_1)) throw damaged("its version is not 1");
  if (!header.includes(VERSION_1)) throw damaged("it does not begin as one");
  return cborLinks(header);
}

async function* sectionsOf(reader: ByteReader): AsyncGenerator<Block> {
  for (;;) {
    const at = reader.offset;
    const length = await reader.varint();
    if (length === undefined) return;
    if (length > SECTION_BYTES_MAX) throw damaged(`at byte ${at} is no length of a block`);
    const bytes = await takeAll(reader, length);
    const cid = readCid(bytes);
    if (cid === undefined) throw damaged(`at byte ${at} is a block whose CID yonder does not know`);
    yield { cid: cid.cid, bytes: bytes.subarray(cid.length) };
  }
}

async function takeAll(reader: ByteReader, length: number): Promise<Buffer> {
  const at = reader.offset;
  const bytes = await reader.take(length);
  if (bytes.length < length)
    throw damaged(`it is cut off: from byte ${at} on it has ${bytes.length} of ${length} bytes`);
  return bytes;
}

function damaged(what: string): YonderError {
  return new YonderError("INPUT", {
    message: `this is not a whole CAR file: ${what}`,
    remedy:
      "give a file that yonder store car export or ipfs dag export has written (CARv1, sha2-256); fetch it again",
    exitCode: 1,
  });
}
