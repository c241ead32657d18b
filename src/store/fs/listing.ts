import type { BigIntStats } from "node:fs";
import type { ByteString } from "../../bytes/bytes.ts";
import type { Cid } from "../../interface/store.ts";
import type { Database } from "./database.ts";
import { rowSeal } from "./row-seal.ts";
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

/**
 * Undefined where there is none, or the directory is no longer in the store.
 *
 * @param kind the profile, and what of the directory was put
 */
export function readListing(db: Database, stat: BigIntStats, kind: string): Listing | undefined {
  const row = db.get(
    "select content from listings where dev = ? and ino = ? and profile = ?",
    String(stat.dev),
    String(stat.ino),
    kind,
  );
  if (row === undefined) return undefined;
  const content = String(row["content"]);
  const text = content.slice(0, -SEAL_LENGTH);
  if (content.slice(-SEAL_LENGTH) !== `/${rowSeal(text)}`) return undefined; // damaged, or of a version before this
  const [directory, wholeness, ...fields] = text.split("/");
  const self = entryAt(fields, 0);
  if (db.get("select 1 from blocks where cid = ?", self.cid) === undefined) return undefined;
  const isWhole = wholeness === YES && directory === statText(stat);
  const entries = new Map<ByteString, Entry>();
  for (let at = FIELDS; at < fields.length; at += FIELDS) entries.set(fields[at]!, entryAt(fields, at));
  return { self, entries, names: isWhole ? [...entries.keys()] : undefined, isWhole };
}

/** A name has no slash, so that fields with slashes between them are read by one split. */
const FIELDS = 6;
const YES = "1";
const SEAL_LENGTH = "/01234567".length;

function entryAt(fields: readonly string[], at: number): Entry {
  return {
    name: fields[at]!,
    stat: fields[at + 1]!,
    isSettled: fields[at + 2] === YES,
    cid: fields[at + 3] as Cid,
    dagBytes: Number(fields[at + 4]),
    sizeBytes: Number(fields[at + 5]),
  };
}

function fieldsOf({ name, stat, isSettled, cid, dagBytes, sizeBytes }: Entry): string {
  return `/${name}/${stat}/${isSettled ? YES : ""}/${cid}/${dagBytes}/${sizeBytes}`;
}

export function writeListing(
  { db, nowMs }: Transaction,
  stat: BigIntStats,
  kind: string,
  { self, entries, isWhole }: { self: Entry; entries: readonly Entry[]; isWhole: boolean },
): void {
  const text = `${statText(stat)}/${isWhole ? YES : ""}${[self, ...entries].map(fieldsOf).join("")}`;
  if (text.length > CONTENT_LENGTH_MAX) return;
  db.run(
    "insert or replace into listings values (?, ?, ?, ?, ?)",
    String(stat.dev),
    String(stat.ino),
    kind,
    `${text}/${rowSeal(text)}`,
    nowMs,
  );
}
