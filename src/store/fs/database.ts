import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { makeDirectories } from "../../directories.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Places } from "./places.ts";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";
import { sealRoots } from "./seal-roots.ts";
import { type Row, sqlite, type Value } from "./sqlite.ts";
import { isBusy, isLogGone } from "./sqlite-errors.ts";

/** The three SQLite files of a store, as one connection. */
export interface Database {
  get(sql: string, ...values: Value[]): Row | undefined;
  all(sql: string, ...values: Value[]): Row[];
  iterate(sql: string, ...values: Value[]): IterableIterator<Row>;
  /** The number of rows that it changed. */
  run(sql: string, ...values: Value[]): number;
  exec(sql: string): void;
  /**
   * Runs `act` while no other process writes: all of it is done, or, when it throws or the process dies, nothing. The
   * lock is the kernel's, so that it ends with its process.
   */
  write<T>(act: () => T): Promise<T>;
  /** Runs `act` on one state of the files; faster than one by one. */
  read<T>(act: () => T): T;
  readonly isNew: boolean;
  close(): void;
}

/** Reads, and whoever opens or closes last, hold others up for milliseconds. */
const BUSY_MS = 10_000;
/** Whoever waits to write tries again after 1 to so many milliseconds, without holding up its own process. */
const RETRY_MS = 8;
const WRITE_WAIT_MS = 120_000;
/** Pages of 4 KiB in the log before they move to the database: rarer, larger syncs. */
const CHECKPOINT_PAGES = 4000;

export function openDatabase(places: Places): Database {
  makeDirectories(places.root, 0o700);
  const db = new (sqlite().DatabaseSync)(places.index);
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = db.prepare(sql)));
    return statement;
  };
  const isNew = persistently(() => setUp(db, places));

  async function begin(): Promise<void> {
    for (const until = Date.now() + WRITE_WAIT_MS; ; ) {
      db.exec("pragma busy_timeout = 0");
      try {
        return db.exec("begin immediate");
      } catch (error) {
        if (!isBusy(error) || Date.now() > until) throw error;
      } finally {
        db.exec(`pragma busy_timeout = ${BUSY_MS}`);
      }
      await sleep(1 + Math.random() * RETRY_MS);
    }
  }

  return {
    get: (sql, ...values) => prepared(sql).get(...values) as Row | undefined,
    all: (sql, ...values) => prepared(sql).all(...values) as Row[],
    iterate: (sql, ...values) => prepared(sql).iterate(...values) as IterableIterator<Row>,
    run: (sql, ...values) => Number(prepared(sql).run(...values).changes),
    exec: (sql) => db.exec(sql),
    async write(act) {
      await begin();
      return finish(db, act);
    },
    read(act) {
      db.exec("begin");
      return finish(db, act);
    },
    isNew,
    close: () => db.close(),
  };
}

function finish<T>(db: DatabaseSync, act: () => T): T {
  try {
    const result = act();
    db.exec("commit");
    return result;
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (db.isTransaction !== false) tryExec(db, "rollback");
    throw error;
  }
}

/** Processes that open a new store at the same moment get in each other's way, whatever SQLite's timeout is. */
function persistently<T>(act: () => T): T {
  for (const until = Date.now() + BUSY_MS; ; ) {
    try {
      return act();
    } catch (error) {
      if (!(isBusy(error) || isLogGone(error)) || Date.now() > until) throw error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * RETRY_MS);
  }
}

function tryExec(db: DatabaseSync, sql: string): void {
  try {
    db.exec(sql);
  } catch {
    // There was nothing to roll back.
  }
}

/** True where there was no index before. */
function setUp(db: DatabaseSync, places: Places): boolean {
  db.exec(`pragma busy_timeout = ${BUSY_MS}`);
  attach(db, "roots", places.roots);
  attach(db, "actions", places.actions);
  for (const name of ["main", "roots", "actions"]) {
    db.exec(`pragma ${name}.journal_mode = wal; pragma ${name}.wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  }
  // Names and pins are on the disk when they are acknowledged; the rest when `flush` says so.
  db.exec(
    "pragma main.synchronous = normal; pragma actions.synchronous = normal; pragma roots.synchronous = full",
  );
  const version = Number((db.prepare("pragma main.user_version").get() as Row)["user_version"]);
  if (version > SCHEMA_VERSION) {
    throw new YonderError("STORE_UNREACHABLE", {
      message: `the store ${places.root} was written by a newer yonder`,
      remedy: "use that one, or name another store with YONDER_STORE",
    });
  }
  db.exec(SCHEMA);
  sealRoots(db);
  return version === 0;
}

function attach(db: DatabaseSync, name: string, path: string): void {
  const known = db.prepare("select 1 from pragma_database_list where name = ?").get(name);
  if (known === undefined) db.prepare(`attach database ? as ${name}`).run(path);
}
