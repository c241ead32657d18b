import { hash } from "node:crypto";
import { YonderError } from "../interface/errors.ts";
import type { Cid } from "../interface/store.ts";
import { fromBase32, toBase32 } from "./base32.ts";
import { fromBase58 } from "./base58.ts";

/** What a block holds. Codes of the multicodec table: https://github.com/multiformats/multicodec */
export type Codec = "raw" | "dag-pb" | "dag-cbor";

const CODES: Readonly<Record<Codec, number>> = { raw: 0x55, "dag-pb": 0x70, "dag-cbor": 0x71 };
const CODECS: ReadonlyMap<number, Codec> = new Map(
  Object.entries(CODES).map(([name, code]) => [code, name as Codec]),
);
const VERSION = 1;
const SHA2_256 = 0x12;
const DIGEST_BYTES = 32;
const HEAD_BYTES = 4;
/** The length of every CID in bytes: version, codec, hash function, length, digest. */
export const CID_BYTES = 36;
/** The codec is in the first characters, which the digest does not reach. */
const PREFIX_LENGTH = 7;
const PREFIXES: ReadonlyMap<string, Codec> = new Map(
  Object.entries(CODES).map(([name, code]) => [
    `b${toBase32(Uint8Array.of(VERSION, code, SHA2_256, DIGEST_BYTES))}`.slice(0, PREFIX_LENGTH),
    name as Codec,
  ]),
);

/** The CID of a block: CIDv1, sha2-256. */
export function cidOf(codec: Codec, bytes: Uint8Array): Cid {
  return cidOfDigest(codec, sha256(bytes));
}

export function cidOfDigest(codec: Codec, digest: Uint8Array): Cid {
  const binary = new Uint8Array(CID_BYTES);
  binary[0] = VERSION;
  binary[1] = CODES[codec];
  binary[2] = SHA2_256;
  binary[3] = DIGEST_BYTES;
  binary.set(digest, HEAD_BYTES);
  return textOf(binary);
}

export function sha256(bytes: Uint8Array): Buffer {
  return hash("sha256", bytes, "buffer");
}

export function codecOf(cid: Cid): Codec {
  return PREFIXES.get(cid.slice(0, PREFIX_LENGTH))!;
}

export function digestOf(cid: Cid): Uint8Array {
  return cidToBytes(cid).subarray(HEAD_BYTES);
}

/** @throws YonderError STORE_CORRUPT where the bytes have another CID */
export function verifyBlock(cid: Cid, bytes: Uint8Array): void {
  const found = cidOf(codecOf(cid), bytes);
  if (found === cid) return;
  throw new YonderError("STORE_CORRUPT", {
    message: `the block ${cid} is damaged: its ${bytes.length} bytes have the CID ${found}`,
    remedy: "yonder store verify lists what is damaged; put the file again, or get it from another store",
    exitCode: 1,
  });
}

/** The 36 bytes of a CID, as links and CAR files hold them. */
export function cidToBytes(cid: Cid): Uint8Array {
  return fromBase32(cid.slice(1))!;
}

/** @throws YonderError INPUT where these are not the bytes of a CID that yonder knows */
export function cidFromBytes(bytes: Uint8Array): Cid {
  const cid = readCid(bytes);
  if (cid !== undefined && cid.length === bytes.length) return cid.cid;
  throw unknownCid(Buffer.from(bytes.subarray(0, 64)).toString("hex"));
}

/**
 * The CID at the beginning of some bytes, and how many it takes. The older form (CIDv0, a bare sha2-256 of a dag-pb
 * block) is read as the CIDv1 of the same block.
 */
export function readCid(bytes: Uint8Array): { cid: Cid; length: number } | undefined {
  const v0 = bytes[0] === SHA2_256 && bytes[1] === DIGEST_BYTES;
  const length = v0 ? DIGEST_BYTES + 2 : CID_BYTES;
  if (bytes.length < length) return undefined;
  if (v0) return { cid: cidOfDigest("dag-pb", bytes.subarray(2, length)), length };
  const known = bytes[0] === VERSION && CODECS.has(bytes[1]!);
  if (!known || bytes[2] !== SHA2_256 || bytes[3] !== DIGEST_BYTES) return undefined;
  return { cid: textOf(bytes.subarray(0, length)), length };
}

/**
 * The CID that a person or another program wrote: base32 in either case, base58 (`z…`), or the older `Qm…`, which is
 * given as the CIDv1 of the same block.
 *
 * @throws YonderError INPUT
 */
export function parseCid(text: string): Cid {
  const cid = isCid(text) ? text : parseForeign(text);
  if (cid === undefined) throw unknownCid(text);
  return cid;
}

/** True for a CID in the one form that yonder writes. */
export function isCid(text: string): text is Cid {
  if (text.length !== 59 || text[0] !== "b") return false;
  const bytes = fromBase32(text.slice(1));
  return bytes !== undefined && bytes[0] === VERSION && readCid(bytes) !== undefined;
}

function parseForeign(text: string): Cid | undefined {
  const lower = text.toLowerCase();
  if (text[0] === "B" && text === text.toUpperCase() && isCid(lower)) return lower;
  if (text.length > 64 || !/^(z|Qm)/.test(text)) return undefined;
  const bytes = fromBase58(text[0] === "z" ? text.slice(1) : text);
  const read = bytes && readCid(bytes);
  return read?.length === bytes?.length ? read?.cid : undefined;
}

function textOf(binary: Uint8Array): Cid {
  return `b${toBase32(binary)}` as Cid;
}

function unknownCid(text: string): YonderError {
  return new YonderError("INPUT", {
    message: `"${text}" is not a CID that yonder knows`,
    remedy: "give one as yonder put prints it (bafkrei… or bafybei…), or an older Qm…; hashed with sha2-256",
    exitCode: 2,
  });
}
