import { type BigIntStats, constants, lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type ByteString, bufferOf, bytesOf, decodeText, isAscii } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Cid, CidProfile, PutOptions } from "../../interface/store.ts";
import { type Block, leafOf } from "../unixfs/block.ts";
import { buildDirectory, buildSymlink } from "../unixfs/build-directory.ts";
import { DEFAULT_PROFILE } from "../unixfs/profile.ts";
import { addBlock, refreshBlock } from "./blocks.ts";
import type { Core } from "./core.ts";
import { type Entry, type Listing, readListing, writeListing } from "./listing.ts";
import { count, type FilePath, fromSource, putFile, readSmall, SMALL_BYTES_MAX } from "./put-file.ts";
import { isSettled, nowNs, statText } from "./stat-cache.ts";
import type { Transaction } from "./writer.ts";

export interface StoredTree {
  readonly cid: Cid;
  /** All files together. */
  readonly sizeBytes: number;
  readonly dagBytes: number;
  readonly files: number;
  /** Files that were known by their stat, and not read. */
  readonly unchangedFiles: number;
}

export interface TreeOptions extends PutOptions {
  /** False leaves out what has a name that begins with a dot, as `ipfs add -r` does; true unless given. */
  readonly hidden?: boolean;
}

/** Something known was removed in the meantime: everything is read again. */
class Gone extends Error {}

/** Stores a directory with all that is in it; symbolic links as they are. */
export async function putTree(core: Core, path: FilePath, options: TreeOptions): Promise<StoredTree> {
  const bytes = typeof path === "string" ? bytesOf(Buffer.from(path)) : bytesOf(path);
  try {
    return await new TreeWriter(core, options, true).put(bytes);
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    return await new TreeWriter(core, options, false).put(bytes);
  }
}

/** What was made of one directory. */
interface Built {
  readonly entry: Entry;
  readonly files: number;
  /** Nothing in it was read: its node, and so all below it, is in the store, or was. */
  readonly isKnown: boolean;
}

const PENDING_BYTES = 4 * 2 ** 20;
const PENDING_STEPS = 1000;
/** Others in this process wait no longer. */
const TURN_MS = 10;

class TreeWriter {
  private readonly core: Core;
  private readonly profile: CidProfile;
  /** Listings with and without hidden files are apart. */
  private readonly listingKind: string;
  private readonly options: TreeOptions;
  private readonly trusts: boolean;
  /** Children come before their parents, here and so on the disk. */
  private pending: ((transaction: Transaction) => void)[] = [];
  /** Of `memory`: the small files that are pending. */
  private pendingBytes = 0;
  private readonly memory = Buffer.allocUnsafeSlow(PENDING_BYTES + SMALL_BYTES_MAX + 1);
  private unchangedFiles = 0;
  private turnMs = performance.now();

  constructor(core: Core, options: TreeOptions, trusts: boolean) {
    this.core = core;
    this.profile = options.profile ?? DEFAULT_PROFILE;
    this.listingKind = options.hidden === false ? `${this.profile} visible` : this.profile;
    this.options = options;
    this.trusts = trusts;
  }

  async put(path: ByteString): Promise<StoredTree> {
    const stat = fromSource(fsPath(path), () => statSync(fsPath(path), { bigint: true }));
    const { entry, files, isKnown } = await this.directory(path, stat);
    if (isKnown) this.refresh(entry.cid);
    await this.writeOut();
    const { cid, sizeBytes, dagBytes } = entry;
    return { cid, sizeBytes, dagBytes, files, unchangedFiles: this.unchangedFiles };
  }

  private async directory(path: ByteString, stat: BigIntStats): Promise<Built> {
    const readNs = nowNs();
    const listing = this.trusts ? readListing(this.core.db, stat, this.listingKind) : undefined;
    const names = listing?.names ?? this.namesIn(path);
    const entries: Entry[] = [];
    const known: Cid[] = [];
    let files = 0;
    for (const name of names) {
      await this.takeTurn();
      const built = await this.child(`${path}/${name}`, name, listing);
      entries.push(built.entry);
      files += built.files;
      if (built.isKnown) known.push(built.entry.cid);
    }
    // A directory in it may have been put by itself since.
    const isKnown = known.length === entries.length && entries.every((entry) => isIn(listing, entry));
    if (listing?.isWhole && isKnown) {
      return { entry: { ...listing.self, name: nameOf(path) }, files, isKnown };
    }
    for (const cid of known) this.refresh(cid);
    const entry = this.directoryNode(path, entries);
    const isWhole = isSettled(stat, readNs) && entries.every(({ isSettled }) => isSettled);
    this.later((transaction) =>
      writeListing(transaction, stat, this.listingKind, { self: entry, entries, isWhole }),
    );
    return { entry, files, isKnown: false };
  }

  private namesIn(path: ByteString): ByteString[] {
    const names = fromSource(fsPath(path), () => readdirSync(fsPath(path), "latin1"));
    return this.options.hidden === false ? names.filter((name) => !name.startsWith(".")) : names;
  }

  private directoryNode(path: ByteString, entries: readonly Entry[]): Entry {
    const { cid, dagBytes } = buildDirectory(entries, (block) => this.block(block), this.profile);
    const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
    return { name: nameOf(path), stat: "", cid, dagBytes, sizeBytes, isSettled: true };
  }

  private async child(path: ByteString, name: ByteString, listing: Listing | undefined): Promise<Built> {
    const readNs = nowNs();
    const at = fsPath(path);
    const stat = fromSource(at, () => lstatSync(at, { bigint: true }));
    if (stat.isDirectory()) return await this.directory(path, stat);
    const text = statText(stat);
    const before = listing?.entries.get(name);
    const files = stat.isFile() ? 1 : 0;
    if (before?.isSettled && before.stat === text) {
      this.unchangedFiles += files;
      count(this.options, files, before.sizeBytes);
      return { entry: before, files, isKnown: true };
    }
    const stored = await this.leaf(path, stat);
    return {
      entry: { name, stat: text, isSettled: isSettled(stat, readNs), ...stored },
      files,
      isKnown: false,
    };
  }

  private async leaf(
    path: ByteString,
    stat: BigIntStats,
  ): Promise<Pick<Entry, "cid" | "dagBytes" | "sizeBytes">> {
    const at = fsPath(path);
    if (stat.isSymbolicLink()) {
      const target = fromSource(at, () => readlinkSync(at, "latin1"));
      const { cid, dagBytes } = buildSymlink(target, (block) => this.block(block));
      return { cid, dagBytes, sizeBytes: 0 };
    }
    if (!stat.isFile()) throw notStorable(path);
    const small = stat.size <= SMALL_BYTES_MAX ? this.small(at, stat) : undefined;
    if (small !== undefined && small !== "changed") {
      const { cid, dagBytes } = leafOf(small.bytes);
      this.pendingBytes += small.bytes.length;
      this.block({ cid, bytes: small.bytes });
      count(this.options, 1, small.bytes.length);
      return { cid, dagBytes, sizeBytes: small.bytes.length };
    }
    const { cid, sizeBytes, dagBytes, unchanged } = await putFile(this.core, at, this.options);
    if (unchanged) this.unchangedFiles++;
    return { cid, sizeBytes, dagBytes };
  }

  private small(path: FilePath, before: BigIntStats): ReturnType<typeof readSmall> {
    const target = this.memory.subarray(this.pendingBytes);
    return readSmall(path, { flags: constants.O_NOFOLLOW, before, target });
  }

  private block({ cid, bytes }: Block): void {
    this.later((transaction) => addBlock(transaction, cid, bytes));
  }

  private refresh(cid: Cid): void {
    this.later((transaction) => {
      if (!refreshBlock(transaction, cid)) throw new Gone();
    });
  }

  private later(step: (transaction: Transaction) => void): void {
    this.pending.push(step);
  }

  private async takeTurn(): Promise<void> {
    if (this.pendingBytes >= PENDING_BYTES || this.pending.length >= PENDING_STEPS) await this.writeOut();
    if (performance.now() - this.turnMs < TURN_MS) return;
    this.options.signal?.throwIfAborted();
    await nextTurn();
    this.turnMs = performance.now();
  }

  private async writeOut(): Promise<void> {
    const steps = this.pending;
    if (steps.length === 0) return;
    const bytes = this.pendingBytes;
    this.pending = [];
    this.pendingBytes = 0;
    await this.core.write((transaction) => {
      for (const step of steps) step(transaction);
    }, bytes);
  }
}

function isIn(listing: Listing | undefined, { name, cid }: Entry): boolean {
  return listing?.entries.get(name)?.cid === cid;
}

/** A string where it is the same: Node takes it faster. */
function fsPath(path: ByteString): FilePath {
  return isAscii(path) ? path : bufferOf(path);
}

function nameOf(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf("/") + 1);
}

function notStorable(path: ByteString): YonderError {
  return new YonderError("INPUT", {
    message: `${decodeText(path)} is neither a file, a directory nor a symbolic link`,
    remedy: "remove it, or put the files beside it one by one",
    exitCode: 1,
  });
}
