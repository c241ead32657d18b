import type { BigIntStats } from "node:fs";
import type { ByteString } from "../../bytes/bytes.ts";
import type { Cid, CidProfile } from "../../interface/store.ts";
import type { Database } from "./database.ts";
import { statText } from "./stat-cache.ts";
import type { Transaction } from "./writer.ts";

/** One thing in a directory, as it was when it was read. */
export interface Entry {
  readonly name: ByteString;
  readonly stat: string;
  /** The same stat means the same content. */
  readonly isSettled: boolean;
  readonly cid: Cid;
  readonly dagBytes: number;
  readonly sizeBytes: number;
}

/** What was in a directory when it was read last: one row for all its files, so that looking costs little. */
export interface Listing {
  readonly self: Entry;
  readonly entries: ReadonlyMap<ByteString, Entry>;
  /** The names in it; undefined where it has been changed since. */
  readonly names: readonly ByteString[] | undefined;
  /** It has the names it had, and all of them are settled. */
  readonly isWhole: boolean;
}

/** SQLite holds a gigabyte. */
const CONTENT_LENGTH_MAX = 2 ** 28;

/** Undefined where there is none, or the directory is no longer in the store. */
export function readListing(db: Database, stat: BigIntStats, profile: CidProfile): Listing | undefined {
  const row = db.get(
    "select content from listings where dev = ? and ino = ? and profile = ?",
    String(stat.dev),
    String(stat.ino),
    profile,
  );
  if (row === undefined) return undefined;
  const { directory, isWhole, self, entries } = JSON.parse(String(row["content"])) as Content;
  const own = entryOf(self);
  if (db.get("select 1 from blocks where cid = ?", own.cid) === undefined) return undefined;
  const isSame = directory === statText(stat);
  const all = entries.map(entryOf);
  return {
    self: own,
    entries: new Map(all.map((entry) => [entry.name, entry])),
    names: isSame && isWhole ? all.map(({ name }) => name) : undefined,
    isWhole: isSame && isWhole,
  };
}

type Packed = readonly [string, string, boolean, Cid, number, number];

interface Content {
  readonly directory: string;
  readonly isWhole: boolean;
  readonly self: Packed;
  readonly entries: readonly Packed[];
}

function entryOf([name, stat, isSettled, cid, dagBytes, sizeBytes]: Packed): Entry {
  return { name, stat, isSettled, cid, dagBytes, sizeBytes };
}

function pack({ name, stat, isSettled, cid, dagBytes, sizeBytes }: Entry): Packed {
  return [name, stat, isSettled, cid, dagBytes, sizeBytes];
}

export function writeListing(
  { db, nowMs }: Transaction,
  stat: BigIntStats,
  profile: CidProfile,
  { self, entries, isWhole }: { self: Entry; entries: readonly Entry[]; isWhole: boolean },
): void {
  const content: Content = {
    directory: statText(stat),
    isWhole,
    self: pack(self),
    entries: entries.map(pack),
  };
  const text = JSON.stringify(content);
  if (text.length > CONTENT_LENGTH_MAX) return;
  db.run(
    "insert or replace into listings values (?, ?, ?, ?, ?)",
    String(stat.dev),
    String(stat.ino),
    profile,
    text,
    nowMs,
  );
}
