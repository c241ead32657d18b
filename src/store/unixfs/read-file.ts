import { YonderError } from "../../interface/errors.ts";
import type { AbortOptions, Cid } from "../../interface/store.ts";
import { type BlockSource, readAhead } from "../read-ahead.ts";
import { lengthOf, nodeOf, readNode, type UnixFsNode } from "./node.ts";
import { malformed } from "./protobuf.ts";

export interface ReadOptions extends AbortOptions {
  /** The first byte wanted; 0 unless given. */
  readonly startByte?: number;
  /** The byte behind the last one wanted; the length of the file unless given, or where it is beyond it. */
  readonly endByte?: number;
}

/** No file has more levels: a well-formed one of 1 EiB has five. */
const DEPTH_MAX = 32;

/**
 * The bytes of a file, or a range of them, in pieces of at most a block. Only the blocks of the range are read, at most
 * `READ_AHEAD` a level before they are used; a slow reader slows the store.
 *
 * @throws YonderError STORE_MISSING, STORE_CORRUPT; INPUT where it is not a file, or its parts are not as long as it says
 */
export async function* readFile(
  store: BlockSource,
  cid: Cid,
  options: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const node = await readNode(store, cid, options);
  checkFile(node, cid);
  const range = {
    start: options.startByte ?? 0,
    end: Math.min(options.endByte ?? Infinity, lengthOf(node)),
  };
  if (range.start < range.end) yield* piecesOf(store, node, range, options.signal, 0);
}

/** Bytes from `start` to before `end`, counted from the beginning of a node. */
interface Range {
  readonly start: number;
  readonly end: number;
}

async function* piecesOf(
  store: BlockSource,
  node: UnixFsNode,
  range: Range,
  signal: AbortSignal | undefined,
  depth: number,
): AsyncGenerator<Uint8Array> {
  if (depth > DEPTH_MAX) throw malformed("a file of more than 32 levels");
  const own = node.data.subarray(range.start, range.end);
  if (own.length > 0) yield own;
  const parts = partsIn(node, range);
  for await (const { item: part, bytes } of readAhead(store, parts, { signal })) {
    const child = nodeOf(part.cid, bytes);
    checkFile(child, part.cid);
    if (lengthOf(child) !== part.length) throw malformed("a part that is not as long as its parent says");
    yield* piecesOf(store, child, part, signal, depth + 1);
  }
}

interface Part extends Range {
  readonly cid: Cid;
  readonly length: number;
}

/** The parts of a file that a range touches, each with what is wanted of it. */
function partsIn(node: UnixFsNode, range: Range): Part[] {
  const { links, partBytes } = node;
  if (links.length !== partBytes.length) throw malformed("a file without the lengths of its parts");
  const parts: Part[] = [];
  let before = node.data.length;
  links.forEach(({ cid }, index) => {
    const length = partBytes[index]!;
    const start = Math.max(range.start - before, 0);
    const end = Math.min(range.end - before, length);
    if (start < end) parts.push({ cid, length, start, end });
    before += length;
  });
  if (before !== lengthOf(node)) throw malformed("a file that is not as long as its parts");
  return parts;
}

function checkFile(node: UnixFsNode, cid: Cid): void {
  if (node.type === "file" || node.type === "raw") return;
  throw new YonderError("INPUT", {
    message: `${cid} is a ${node.type === "symlink" ? "symbolic link" : "directory"}, not a file`,
    remedy:
      "yonder store ls shows what a directory holds, yonder get makes a copy of it, yonder store stat shows what a CID is",
    exitCode: 1,
  });
}
