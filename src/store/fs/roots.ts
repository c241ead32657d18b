import { YonderError } from "../../interface/errors.ts";
import type { Cid } from "../../interface/store.ts";
import { refreshBlock } from "./blocks.ts";
import type { Core } from "./core.ts";
import { checkRoots, rootDamaged } from "./damaged-database.ts";
import { storeMissing } from "./failures.ts";
import { rootSeal } from "./seal-roots.ts";
import type { Row } from "./sqlite.ts";
import type { Transaction } from "./writer.ts";

export interface Pin {
  readonly cid: Cid;
  readonly reason: string;
  readonly sinceMs: number;
}

export interface NamedCid {
  readonly name: string;
  readonly cid: Cid;
  readonly sinceMs: number;
}

/** Keeps what it was made for until it is released, or its process has ended. */
export interface Hold {
  /** Safe to repeat. */
  release(): Promise<void>;
}

/** Keeps a root with all that it refers to. Pinning again changes the reason. @throws YonderError STORE_MISSING */
export async function pin(core: Core, cid: Cid, reason: string): Promise<void> {
  await core.write((transaction) => {
    need(transaction, cid);
    // Since it was pinned first.
    const sinceMs = core.db.get("select since from pins where cid = ?", cid)?.["since"] ?? transaction.nowMs;
    const crc = rootSeal.pins({ cid, reason, since: sinceMs });
    core.db.run("insert or replace into pins values (?, ?, ?, ?)", cid, reason, sinceMs, crc);
  });
}

/** False where it was not pinned. */
export async function unpin(core: Core, cid: Cid): Promise<boolean> {
  return await core.write(({ db }) => db.run("delete from pins where cid = ?", cid) > 0);
}

/** @throws YonderError STORE_CORRUPT where one is damaged: what it kept is not known */
export function listPins(core: Pick<Core, "db" | "places">): Pin[] {
  checkRoots(core);
  const { db, places } = core;
  return db.all("select cid, reason, since, crc from pins order by since, cid").map((row) => {
    const pin = { cid: row["cid"] as Cid, reason: String(row["reason"]), sinceMs: Number(row["since"]) };
    if (row["crc"] !== rootSeal.pins(row)) throw rootDamaged(places, "a pin", pin.cid);
    return pin;
  });
}

/** What a name must have for a change: a CID, or nothing at all ("absent"); without it, anything. */
export type Expected = Cid | "absent";

/**
 * Gives a name to a root, which is kept as long as it has it. Of several processes that expect the same, one wins.
 *
 * @throws YonderError STORE_CONFLICT where the name has not what was expected; STORE_MISSING; USAGE for a bad name
 */
export async function setName(core: Core, name: string, cid: Cid, expected?: Expected): Promise<void> {
  checkName(name);
  await core.write((transaction) => {
    need(transaction, cid);
    checkExpected(core, name, expected);
    const { nowMs } = transaction;
    const crc = rootSeal.names({ name, cid, since: nowMs });
    core.db.run("insert or replace into names values (?, ?, ?, ?)", name, cid, nowMs, crc);
  });
}

/** False where there was no such name. @throws YonderError STORE_CONFLICT */
export async function removeName(core: Core, name: string, expected?: Cid): Promise<boolean> {
  return await core.write(({ db }) => {
    checkExpected(core, name, expected);
    return db.run("delete from names where name = ?", name) > 0;
  });
}

/** @throws YonderError STORE_CORRUPT where it is damaged, or may be the one that is */
export function getName(core: Core, name: string): Cid | undefined {
  const row = core.db.get("select name, cid, since, crc from names where name = ?", name);
  if (row !== undefined) return namedOf(core, row).cid;
  listNames(core); // none of the others has been this one
  return undefined;
}

/** In the order of their names; with a prefix, only those that begin with it. @throws YonderError STORE_CORRUPT */
export function listNames(core: Pick<Core, "db" | "places">, prefix = ""): NamedCid[] {
  checkRoots(core);
  const rows = core.db.all("select name, cid, since, crc from names order by name");
  return rows.map((row) => namedOf(core, row)).filter(({ name }) => name.startsWith(prefix));
}

function namedOf({ places }: Pick<Core, "places">, row: Row): NamedCid {
  const named = { name: String(row["name"]), cid: row["cid"] as Cid, sinceMs: Number(row["since"]) };
  if (row["crc"] === rootSeal.names(row)) return named;
  throw rootDamaged(places, "the name", named.name);
}

/** Keeps roots while this process lives. @throws YonderError STORE_MISSING where one is not there */
export async function hold(core: Core, cids: readonly Cid[]): Promise<Hold> {
  const ids = await core.write((transaction) =>
    cids.map((cid) => {
      need(transaction, cid);
      const sql = "insert into holds (session, cid) values (?, ?) returning id";
      return core.db.get(sql, core.session.name, cid)!["id"]!;
    }),
  );
  return {
    release: async () => {
      const mine = ids.splice(0);
      if (mine.length === 0) return;
      await core.write(({ db }) => {
        for (const id of mine) db.run("delete from holds where id = ?", id);
      });
    },
  };
}

function need(transaction: Transaction, cid: Cid): void {
  if (!refreshBlock(transaction, cid)) throw storeMissing(cid);
}

function checkExpected(core: Core, name: string, expected: Expected | undefined): void {
  if (expected === undefined) return;
  const found = getName(core, name) ?? "absent";
  if (found === expected) return;
  throw new YonderError("STORE_CONFLICT", {
    message: `the name ${name} ${found === "absent" ? "is not there" : `has ${found}`}, not ${expected}`,
    remedy: `look what it is now (yonder store name get ${name}), and set it with --expect that`,
    exitCode: 1,
  });
}

const NAME_LENGTH_MAX = 1024;

/** Words with slashes between them, as of a path. */
function checkName(name: string): void {
  const isGood =
    name.length <= NAME_LENGTH_MAX &&
    !/[\x00-\x20\x7f]/.test(name) &&
    name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (isGood) return;
  throw new YonderError("USAGE", {
    message: `"${name}" cannot be a name`,
    remedy: "give words with slashes between them and no blanks, such as data/books",
    exitCode: 2,
  });
}
