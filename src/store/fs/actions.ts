import { YonderError } from "../../interface/errors.ts";
import type { ActionKey, ActionRecord, Cid } from "../../interface/store.ts";
import { refreshBlock } from "./blocks.ts";
import type { Core } from "./core.ts";
import { storeMissing } from "./failures.ts";
import { withoutSeal, withSeal } from "./row-seal.ts";
import type { Row } from "./sqlite.ts";
import { REFRESH_MS } from "./writer.ts";

const VALUE_BYTES_MAX = 2 ** 20;

/**
 * Looks without a write transaction, and writes only where something has to be refreshed: lookups of many processes do
 * not wait for each other.
 */
export async function getActions(
  core: Core,
  keys: readonly ActionKey[],
): Promise<(ActionRecord | undefined)[]> {
  const { db } = core;
  const staleMs = Math.max(core.session.startedMs, Date.now() - REFRESH_MS);
  const stale: { key: ActionKey; outputs: readonly Cid[] }[] = [];
  const lookUp = (key: ActionKey): ActionRecord | undefined => {
    const row = db.get("select value, outputs, fresh from actions where key = ?", key);
    const record = row && recordOf(key, row);
    if (record === undefined) return undefined;
    let oldestMs = Number(row!["fresh"]);
    for (const cid of record.outputs) {
      const fresh = db.get("select fresh from blocks where cid = ?", cid)?.["fresh"];
      if (fresh === undefined) return undefined;
      oldestMs = Math.min(oldestMs, Number(fresh));
    }
    if (oldestMs < staleMs) stale.push({ key, outputs: record.outputs });
    return record;
  };
  const records = keys.length === 1 ? [lookUp(keys[0]!)] : db.read(() => keys.map(lookUp));
  if (stale.length === 0) return records;
  const gone = await refresh(core, stale);
  return records.map((record, index) => (gone.has(keys[index]!) ? undefined : record));
}

/** Those of which an output was removed between the look and this. */
async function refresh(
  core: Core,
  stale: readonly { key: ActionKey; outputs: readonly Cid[] }[],
): Promise<Set<ActionKey>> {
  return await core.write((transaction) => {
    const gone = new Set<ActionKey>();
    for (const { key, outputs } of stale) {
      if (outputs.every((cid) => refreshBlock(transaction, cid))) {
        core.db.run("update actions set fresh = ? where key = ?", transaction.nowMs, key);
      } else gone.add(key);
    }
    return gone;
  });
}

/** Undefined where it is damaged: what was remembered is worked out again. */
function recordOf(key: ActionKey, row: Row): ActionRecord | undefined {
  const outputs = String(row["outputs"]);
  const sealed = row["value"];
  const value = sealed instanceof Uint8Array ? withoutSeal(sealed, key, outputs) : undefined;
  if (value === undefined) return undefined;
  return {
    value,
    outputs: outputs === "" ? [] : (outputs.split(" ") as Cid[]),
  };
}

export async function putAction(core: Core, key: ActionKey, { value, outputs }: ActionRecord): Promise<void> {
  checkKey(key);
  if (value.length > VALUE_BYTES_MAX) {
    throw new YonderError("USAGE", {
      message: `the record of an action has ${value.length} bytes`,
      remedy: "put what is long into the store, and name it among the outputs",
    });
  }
  const bytes = withSeal(value, key, outputs.join(" "));
  await core.write((transaction) => {
    for (const cid of outputs) if (!refreshBlock(transaction, cid)) throw storeMissing(cid);
    const { db, nowMs } = transaction;
    db.run("insert or replace into actions values (?, ?, ?, ?)", key, bytes, outputs.join(" "), nowMs);
  }, value.length);
}

export async function deleteAction(core: Core, key: ActionKey): Promise<void> {
  await core.write(({ db }) => db.run("delete from actions where key = ?", key));
}

function checkKey(key: string): void {
  if (/^[0-9a-f]{64}$/.test(key)) return;
  throw new YonderError("USAGE", {
    message: `"${key}" is not the key of an action`,
    remedy: "give a sha256 in 64 hexadecimal digits",
  });
}
