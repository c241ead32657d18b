import { statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { YonderError } from "../../interface/errors.ts";
import type { Cid } from "../../interface/store.ts";
import { linksOf } from "../links.ts";
import { getBlock } from "./blocks.ts";
import type { Core } from "./core.ts";
import { condemn } from "./damage.ts";
import { blockNow, leavesOf } from "./leaves.ts";
import { clearMarks } from "./mark.ts";
import { objectPath } from "./places.ts";
import { listNames, listPins } from "./roots.ts";
import { isSound } from "./stage.ts";

export interface VerifyResult {
  readonly blocks: number;
  readonly bytes: number;
  /** What was damaged, and has been taken out of the store: the root of a whole file, or a block. */
  readonly damaged: readonly DamagedBlock[];
  /** What pins and names refer to and is not there. */
  readonly missing: readonly MissingBlock[];
}

export interface DamagedBlock {
  readonly cid: Cid;
  readonly where: string;
}

export interface MissingBlock {
  readonly root: Cid;
  readonly cid: Cid;
}

/** Reads everything in the store, and takes out what is damaged, so that a put mends it. */
export async function verify(core: Core): Promise<VerifyResult> {
  const { db } = core;
  await verifyPacks(core);
  await verifyObjects(core);
  const damaged = db.all("select cid, place from damaged order by place, cid");
  const { blocks, bytes } = db.get("select count(*) as blocks, total(length) as bytes from blocks")!;
  return {
    blocks: Number(blocks),
    bytes: Number(bytes),
    damaged: damaged.map((row) => ({ cid: row["cid"] as Cid, where: String(row["place"]) })),
    missing: await missingBlocks(core),
  };
}

const PAGE = 1000;

async function verifyPacks(core: Core): Promise<void> {
  for (let place = 0, offset = 0; ; ) {
    const page = core.db.all(
      `select cid, place, offset from blocks where place > 0 and (place, offset) > (?, ?)
       order by place, offset limit ?`,
      place,
      offset,
      PAGE,
    );
    for (const { cid } of page) await condemnIfDamaged(core, cid as Cid);
    if (page.length < PAGE) return;
    [place, offset] = [Number(page.at(-1)!["place"]), Number(page.at(-1)!["offset"])];
  }
}

/** Reading condemns. */
async function condemnIfDamaged(core: Core, cid: Cid): Promise<void> {
  try {
    await getBlock(core, cid);
  } catch (error) {
    if (!(error instanceof YonderError)) throw error;
  }
}

async function verifyObjects(core: Core): Promise<void> {
  const { db, places } = core;
  for (const row of db.all("select id, cid, size from objects order by id")) {
    const cid = row["cid"] as Cid;
    const path = objectPath(places, cid);
    const size = Number(row["size"]);
    const leaves = leavesOf(cid, size, (node) => blockNow(db, places, node));
    // Without its nodes nothing is known of it; they are reported as damaged or missing themselves.
    if (leaves === undefined) continue;
    const isThere = statSync(path, { throwIfNoEntry: false })?.size === size;
    if (!isThere || !(await isSound(path, leaves))) await condemn(core, cid, -Number(row["id"]));
    await nextTurn();
  }
}

async function missingBlocks(core: Core): Promise<MissingBlock[]> {
  const { db, places } = core;
  clearMarks(db);
  const missing: MissingBlock[] = [];
  for (const root of new Set([...listPins(core), ...listNames(core)].map(({ cid }) => cid))) {
    const stack = [root];
    for (let cid = stack.pop(); cid !== undefined; cid = stack.pop()) {
      if (db.run("insert or ignore into temp.live values (?)", cid) === 0) continue;
      if (db.get("select 1 from blocks where cid = ?", cid) === undefined) {
        missing.push({ root, cid });
        continue;
      }
      const bytes = cid.startsWith("bafkrei") ? undefined : blockNow(db, places, cid);
      if (bytes !== undefined) stack.push(...linksOf(cid, bytes));
    }
    await nextTurn();
  }
  return missing;
}
