import { YonderError } from "../../interface/errors.ts";
import type { Cid } from "../../interface/store.ts";
import { refreshBlock } from "./blocks.ts";
import type { Core } from "./core.ts";
import { storeMissing } from "./failures.ts";
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
    core.db.run(
      "insert into pins values (?, ?, ?) on conflict do update set reason = excluded.reason",
      cid,
      reason,
      transaction.nowMs,
    );
  });
}

/** False where it was not pinned. */
export async function unpin(core: Core, cid: Cid): Promise<boolean> {
  return await core.write(({ db }) => db.run("delete from pins where cid = ?", cid) > 0);
}

export function listPins({ db }: Core): Pin[] {
  return db.all("select cid, reason, since from pins order by since, cid").map((row) => ({
    cid: row["cid"] as Cid,
    reason: String(row["reason"]),
    sinceMs: Number(row["since"]),
  }));
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
    core.db.run("insert or replace into names values (?, ?, ?)", name, cid, transaction.nowMs);
  });
}

/** False where there was no such name. @throws YonderError STORE_CONFLICT */
export async function removeName(core: Core, name: string, expected?: Cid): Promise<boolean> {
  return await core.write(({ db }) => {
    checkExpected(core, name, expected);
    return db.run("delete from names where name = ?", name) > 0;
  });
}

export function getName({ db }: Core, name: string): Cid | undefined {
  return db.get("select cid from names where name = ?", name)?.["cid"] as Cid | undefined;
}

/** In the order of their names; with a prefix, only those that begin with it. */
export function listNames({ db }: Core, prefix = ""): NamedCid[] {
  return db
    .all(
      "select name, cid, since from names where substr(name, 1, length(?)) = ? order by name",
      prefix,
      prefix,
    )
    .map((row) => ({
      name: String(row["name"]),
      cid: row["cid"] as Cid,
      sinceMs: Number(row["since"]),
    }));
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
