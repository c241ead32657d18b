import { setImmediate as nextTurn } from "node:timers/promises";
import type { Cid } from "../../interface/store.ts";
import { compactPacks } from "./compact.ts";
import type { Core } from "./core.ts";
import { clearMarks, mark, RAW_PREFIX, rootsOf } from "./mark.ts";
import { removeOrphans } from "./orphans.ts";
import { removeDeadObjects } from "./remove-objects.ts";
import { rescueLeaves } from "./rescue.ts";
import { liveSessions } from "./session.ts";
import { removeAbandoned } from "./temporary.ts";

export interface GcOptions {
  /** What was put, found or used within this time is kept, with all it refers to. Two weeks unless given. */
  readonly graceMs?: number;
  readonly nowMs?: number;
  /** Only says what it would remove. */
  readonly isDry?: boolean;
}

export interface GcResult {
  readonly blocks: number;
  readonly actions: number;
  readonly freedBytes: number;
}

export const GRACE_MS: number = 14 * 86_400_000;
/** What a live process has put or asked for is safe for so long, whatever the grace is; beyond it, holds are for that. */
const SESSION_MS = 86_400_000;

/**
 * Removes what no pin, name, hold or fresh action refers to, once it is older than the grace.
 *
 * Safe beside puts and jobs: marks first, while others write; then, in one transaction, marks what has come since and
 * removes all unmarked nodes at once. From then on a node that is there has all that it refers to, so whoever finds a
 * root finds the whole. Leaves follow in short transactions; one that is put again meanwhile is young, and stays.
 */
export async function collectGarbage(core: Core, options: GcOptions): Promise<GcResult> {
  const { db, places } = core;
  const { nowMs = Date.now(), graceMs = GRACE_MS, isDry = false } = options;
  const cutoffMs = cutoffOf(core, nowMs, graceMs);
  await dropDeadHolds(core);
  clearMarks(db);
  await markSlowly(core, cutoffMs);
  const temporaryBytes = removeAbandoned(places, nowMs, isDry);
  if (isDry) return { ...whatIsDead(core, cutoffMs), freedBytes: deadBytes(core, cutoffMs) + temporaryBytes };
  const nodes = await removeNodes(core, cutoffMs);
  const leaves = await removeLeaves(core, cutoffMs);
  const objectBytes = await removeObjects(core);
  const orphanBytes = await removeOrphans(core);
  const packBytes = await compactPacks(core);
  clearMarks(db);
  return {
    blocks: nodes.blocks + leaves,
    actions: nodes.actions,
    freedBytes: temporaryBytes + objectBytes + orphanBytes + packBytes,
  };
}

function cutoffOf({ places }: Core, nowMs: number, graceMs: number): number {
  const starts = liveSessions(places).map(({ startedMs }) => startedMs);
  return Math.min(nowMs - graceMs, Math.max(Math.min(...starts), nowMs - SESSION_MS));
}

async function dropDeadHolds({ db, places, write }: Core): Promise<void> {
  await write(() => {
    // Looked at within the transaction: who holds something has made its claim before.
    const live = new Set(liveSessions(places).map(({ name }) => name));
    for (const { session } of db.all("select distinct session from holds")) {
      if (!live.has(String(session))) db.run("delete from holds where session = ?", session!);
    }
  });
}

const STEPS_A_TURN = 200;

async function markSlowly(core: Core, cutoffMs: number): Promise<void> {
  let steps = 0;
  for (const _ of mark(core, rootsOf(core, cutoffMs))) if (++steps % STEPS_A_TURN === 0) await nextTurn();
}

const DEAD = "fresh < ? and not exists (select 1 from temp.live where live.cid = blocks.cid)";

function whatIsDead({ db }: Core, cutoffMs: number): { blocks: number; actions: number } {
  const blocks = db.get(`select count(*) as count from blocks where ${DEAD}`, cutoffMs)!["count"];
  const actions = db.get("select count(*) as count from actions where fresh < ?", cutoffMs)!["count"];
  return { blocks: Number(blocks), actions: Number(actions) };
}

function deadBytes({ db }: Core, cutoffMs: number): number {
  return Number(db.get(`select total(length) as bytes from blocks where ${DEAD}`, cutoffMs)!["bytes"]);
}

async function removeNodes(core: Core, cutoffMs: number): Promise<{ blocks: number; actions: number }> {
  const { db } = core;
  return await core.write(() => {
    for (const _ of mark(core, rootsOf(core, cutoffMs)));
    const actions = db.run("delete from actions where fresh < ?", cutoffMs);
    const blocks = db.run(`delete from blocks where cid not like '${RAW_PREFIX}%' and ${DEAD}`, cutoffMs);
    for (const table of ["files", "listings"]) db.run(`delete from ${table} where used < ?`, cutoffMs);
    return { blocks, actions };
  });
}

const PAGE = 5000;

async function removeLeaves({ db, write }: Core, cutoffMs: number): Promise<number> {
  let removed = 0;
  for (let last = ""; ; ) {
    const page = db.all(
      `select cid from blocks where cid > ? and ${DEAD} order by cid limit ?`,
      last,
      cutoffMs,
      PAGE,
    );
    removed += await write(() =>
      page.reduce(
        (count, row) =>
          count + db.run("delete from blocks where cid = ? and fresh < ?", row["cid"]!, cutoffMs),
        0,
      ),
    );
    if (page.length < PAGE) return removed;
    last = String(page.at(-1)!["cid"]);
  }
}

const OBJECTS_A_TIME = 200;

async function removeObjects(core: Core): Promise<number> {
  const dying = core.db.all(
    "select id, cid from objects where not exists (select 1 from blocks where blocks.cid = objects.cid)",
  );
  await rescueLeaves(core, new Set(dying.map(({ id }) => Number(id))));
  let bytes = 0;
  const cids = dying.map(({ cid }) => cid as Cid);
  for (let at = 0; at < cids.length; at += OBJECTS_A_TIME) {
    bytes += await removeDeadObjects(core, cids.slice(at, at + OBJECTS_A_TIME));
  }
  return bytes;
}
