import { type ByteString, bytesOf } from "../../bytes/bytes.ts";
import type { Cid } from "../../interface/store.ts";
import { CID_BYTES, cidFromBytes, cidToBytes } from "../cid.ts";
import { malformed, readFields, varintLength, writeVarint } from "./protobuf.ts";

/** A node of the Merkle DAG: https://ipld.io/specs/codecs/dag-pb/spec/ */
export interface PbNode {
  /** In a directory sorted by the bytes of their names; the encoder keeps the order it is given. */
  readonly links: readonly PbLink[];
  readonly data: Uint8Array;
}

export interface PbLink {
  readonly cid: Cid;
  readonly name: ByteString;
  /** All blocks below this link together (Tsize), each occurrence counted. Written by the maker; never verified. */
  readonly dagBytes: number;
}

const DATA = 1;
const LINKS = 2;
const HASH = 1;
const NAME = 2;
const TSIZE = 3;
const VARINT = 0;
const BYTES = 2;

/** As Kubo writes it: the links first, then the data; each link with its three fields, an empty name too. */
export function encodeNode(node: PbNode): Buffer {
  const target = Buffer.allocUnsafe(encodedBytes(node));
  let at = 0;
  for (const link of node.links) at = writeLink(target, at, link);
  at = writeHead(target, at, DATA, node.data.length);
  target.set(node.data, at);
  return target;
}

/** The length of the block that `encodeNode` makes. */
export function encodedBytes(node: PbNode): number {
  return node.links.reduce((sum, link) => sum + framed(linkLength(link)), framed(node.data.length));
}

function framed(length: number): number {
  return 1 + varintLength(length) + length;
}

function linkLength(link: PbLink): number {
  return framed(CID_BYTES) + framed(link.name.length) + 1 + varintLength(link.dagBytes);
}

function writeLink(target: Buffer, at: number, link: PbLink): number {
  at = writeHead(target, at, LINKS, linkLength(link));
  at = writeHead(target, at, HASH, CID_BYTES);
  target.set(cidToBytes(link.cid), at);
  at = writeHead(target, at + CID_BYTES, NAME, link.name.length);
  at += target.write(link.name, at, "latin1");
  target[at++] = TSIZE * 8 + VARINT;
  return writeVarint(target, at, link.dagBytes);
}

function writeHead(target: Uint8Array, at: number, field: number, length: number): number {
  target[at] = field * 8 + BYTES;
  return writeVarint(target, at + 1, length);
}

/** Reads a node. The data is a view into `bytes`. @throws YonderError INPUT */
export function decodeNode(bytes: Uint8Array): PbNode {
  const links: PbLink[] = [];
  let data: Uint8Array = new Uint8Array(0);
  for (const { number, value } of readFields(bytes)) {
    if (typeof value === "number") throw malformed("a field of a node is a number");
    if (number === LINKS) links.push(decodeLink(value));
    else if (number === DATA) data = value;
    else throw malformed(`field ${number} of a node`);
  }
  return { links, data };
}

function decodeLink(bytes: Uint8Array): PbLink {
  let cid: Cid | undefined;
  let name = "";
  let dagBytes = 0;
  for (const { number, value } of readFields(bytes)) {
    if (number === HASH && typeof value !== "number") cid = cidFromBytes(value);
    else if (number === NAME && typeof value !== "number") name = bytesOf(Buffer.from(value));
    else if (number === TSIZE && typeof value === "number") dagBytes = value;
    else throw malformed(`field ${number} of a link`);
  }
  if (cid === undefined) throw malformed("a link without a hash");
  return { cid, name, dagBytes };
}
