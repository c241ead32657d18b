import type { BigIntStats } from "node:fs";
import type { Cid, CidProfile } from "../../interface/store.ts";
import { refreshBlock } from "./blocks.ts";
import type { Database } from "./database.ts";
import { rowSeal } from "./row-seal.ts";
import type { Transaction } from "./writer.ts";

/** What a file was when it was read. */
export interface FileState {
  readonly dev: string;
  readonly ino: string;
  /** Size and times: changed whenever the content is, except as `isSettled` says. */
  readonly stat: string;
}

export interface KnownFile {
  readonly cid: Cid;
  readonly sizeBytes: number;
  readonly dagBytes: number;
}

/** The kernel's clock for time stamps goes in steps of up to 10 ms. */
const STEP_NS = 20_000_000n;
/** File systems that keep whole seconds only, or even ones. */
const COARSE_STEP_NS = 2_000_000_000n;

export function stateOf(stat: BigIntStats): FileState {
  return { dev: String(stat.dev), ino: String(stat.ino), stat: statText(stat) };
}

export function statText({ ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

/**
 * False where the file may be changed once more without a trace in its times, because it was changed so shortly before
 * it was read (git calls such entries racily clean): its stat must not be remembered. The time of the last change of
 * the inode decides, which only the kernel sets.
 *
 * @param readNs when the reading began
 */
export function isSettled({ ctimeNs }: BigIntStats, readNs: bigint): boolean {
  const step = ctimeNs % 1_000_000_000n === 0n ? COARSE_STEP_NS : STEP_NS;
  return ctimeNs < readNs - step;
}

export function nowNs(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}

/** The file with this state, where it is known and still in the store; then it is refreshed. */
export function knownFile(
  transaction: Transaction,
  state: FileState,
  profile: CidProfile,
): KnownFile | undefined {
  const { db, nowMs, staleMs } = transaction;
  const found = noted(db, state, profile);
  if (found === undefined || !refreshBlock(transaction, found.known.cid)) return undefined;
  if (found.usedMs < staleMs) {
    db.run("update files set used = ? where dev = ? and ino = ?", nowMs, state.dev, state.ino);
  }
  return found.known;
}

/** What is noted of the file with this state, which may be no longer in the store. */
export function noted(
  db: Database,
  state: FileState,
  profile: CidProfile,
): { readonly known: KnownFile; readonly usedMs: number } | undefined {
  const row = db.get(
    "select stat, cid, size, dag_size, used from files where dev = ? and ino = ? and profile = ?",
    state.dev,
    state.ino,
    profile,
  );
  if (row === undefined) return undefined;
  const known = {
    cid: row["cid"] as Cid,
    sizeBytes: Number(row["size"]),
    dagBytes: Number(row["dag_size"]),
  };
  return row["stat"] === sealedStat(state, known) ? { known, usedMs: Number(row["used"]) } : undefined;
}

/** The stat with a checksum of all that is known by it: a row of which a byte is another is not believed. */
function sealedStat({ stat }: FileState, { cid, sizeBytes, dagBytes }: KnownFile): string {
  return `${stat} ${rowSeal(stat, cid, sizeBytes, dagBytes)}`;
}

export function rememberFile(
  { db, nowMs }: Transaction,
  state: FileState,
  profile: CidProfile,
  known: KnownFile,
): void {
  db.run(
    "insert or replace into files values (?, ?, ?, ?, ?, ?, ?, ?)",
    state.dev,
    state.ino,
    profile,
    sealedStat(state, known),
    known.cid,
    known.sizeBytes,
    known.dagBytes,
    nowMs,
  );
}
