import { closeSync, fstatSync, ftruncateSync, openSync, writevSync } from "node:fs";
import { makeDirectories } from "../../directories.ts";
import type { Cid } from "../../interface/store.ts";
import type { Database } from "./database.ts";
import { PACK_HEADER, sectionHead, sectionHeadLength } from "./pack-format.ts";
import { type Places, packPath } from "./places.ts";
import { removeFile } from "./temporary.ts";

/** Where a block is. */
export interface Position {
  readonly place: number;
  readonly offset: number;
}

/** Appends blocks to the open pack of the store, within a write transaction. */
export interface PackWriter {
  /** Where a block of this length will be if it is appended next. */
  next(length: number): Position;
  /** The bytes are the writer's until the transaction ends. */
  append(cid: Cid, bytes: Uint8Array): Position;
  /** Writes what has been appended. Call it before the transaction ends. */
  finish(): void;
  /** Takes back what has been written, when the transaction is given up. */
  abandon(): void;
}

export const PACK_BYTES_MAX: number = 64 * 2 ** 20;
/** What is gathered for one call of the system. */
const GATHER_BYTES = 4 * 2 ** 20;
const GATHER_PIECES = 512;

interface Tail {
  readonly id: number;
  readonly fd: number;
  readonly startLength: number;
  readonly isNew: boolean;
  length: number;
}

/**
 * All processes append to the same pack: the lock of the transaction is also the pack's. The database says how much of
 * the file counts; what a writer that died has left behind that is cut off by the next.
 */
export function packWriter(db: Database, places: Places): PackWriter {
  let tail: Tail | undefined;
  let pieces: Uint8Array[] = [];
  let gathered = 0;

  function writeOut(): void {
    if (tail === undefined || gathered === 0) return;
    writeAll(tail.fd, pieces, tail.length - gathered);
    pieces = [];
    gathered = 0;
  }

  function leave(isSealed: boolean): void {
    if (tail === undefined) return;
    writeOut();
    db.run("update packs set length = ?, sealed = ? where id = ?", tail.length, isSealed ? 1 : 0, tail.id);
    closeSync(tail.fd);
    tail = undefined;
  }

  return {
    next(length) {
      tail ??= openTail(db, places);
      return { place: tail.id, offset: tail.length + sectionHeadLength(length) };
    },
    append(cid, bytes) {
      tail ??= openTail(db, places);
      const head = sectionHead(cid, bytes.length);
      const position = { place: tail.id, offset: tail.length + head.length };
      pieces.push(head, bytes);
      gathered += head.length + bytes.length;
      tail.length += head.length + bytes.length;
      if (tail.length >= PACK_BYTES_MAX) leave(true);
      else if (gathered >= GATHER_BYTES || pieces.length >= GATHER_PIECES) writeOut();
      return position;
    },
    finish: () => leave(false),
    abandon() {
      if (tail === undefined) return;
      if (tail.isNew) removeFile(packPath(places, tail.id));
      else ftruncateSync(tail.fd, tail.startLength);
      closeSync(tail.fd);
      tail = undefined;
    },
  };
}

function openTail(db: Database, places: Places): Tail {
  const row = db.get("select id, length from packs where sealed = 0 order by id desc limit 1");
  if (row === undefined) return newTail(db, places);
  const [id, length] = [Number(row["id"]), Number(row["length"])];
  const fd = openExisting(packPath(places, id));
  const size = fd === undefined ? -1 : fstatSync(fd).size;
  if (fd !== undefined && size >= length) {
    if (size > length) ftruncateSync(fd, length);
    return { id, fd, startLength: length, isNew: false, length };
  }
  // It has lost its end. What is left of it can be read, but nothing may follow.
  if (fd !== undefined) closeSync(fd);
  db.run("update packs set sealed = 1 where id = ?", id);
  return newTail(db, places);
}

function newTail(db: Database, places: Places): Tail {
  const length = PACK_HEADER.length;
  const row = db.get("insert into packs (length, synced) values (?, 0) returning id", length)!;
  const id = Number(row["id"]);
  makeDirectories(places.packs, 0o700);
  // A file of this name without a row is of a transaction that was given up.
  const fd = openSync(packPath(places, id), "w+", 0o600);
  writeAll(fd, [PACK_HEADER], 0);
  return { id, fd, startLength: length, isNew: true, length };
}

function openExisting(path: string): number | undefined {
  try {
    return openSync(path, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function writeAll(fd: number, pieces: readonly Uint8Array[], position: number): void {
  let rest: readonly Uint8Array[] = pieces;
  for (let at = position; rest.length > 0; ) {
    const written = writevSync(fd, rest, at);
    at += written;
    rest = after(rest, written);
  }
}

/** What is left of some pieces when the first `count` bytes have gone. */
function after(pieces: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  for (const piece of pieces) {
    if (count < piece.length) rest.push(count === 0 ? piece : piece.subarray(count));
    count = Math.max(0, count - piece.length);
  }
  return rest;
}
