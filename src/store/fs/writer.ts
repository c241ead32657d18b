import { setImmediate as nextTurn } from "node:timers/promises";
import type { Database } from "./database.ts";
import { type PackWriter, packWriter } from "./pack-writer.ts";
import type { Places } from "./places.ts";
import type { Session } from "./session.ts";

/** A write transaction. */
export interface Transaction {
  readonly db: Database;
  readonly nowMs: number;
  /** What is younger need not be refreshed. */
  readonly staleMs: number;
  readonly packs: PackWriter;
  /** There are blocks that were found damaged: a put may mend one. */
  readonly hasDamaged: boolean;
}

/** Runs a step in a write transaction, together with others that wait, so that many small puts cost what one does. */
export type Write = <T>(step: (transaction: Transaction) => T, bytes?: number) => Promise<T>;

interface Waiting {
  readonly step: (transaction: Transaction) => unknown;
  readonly bytes: number;
  resolve(value: never): void;
  reject(error: unknown): void;
}

/** Other processes wait for a transaction to end: it is short. */
const BATCH_BYTES = 16 * 2 ** 20;
const BATCH_STEPS = 2000;
/** An action that is found is refreshed no more often: a lookup need not write. Sessions are for shorter grace periods. */
export const REFRESH_MS = 3_600_000;

export function groupWriter(db: Database, places: Places, session: Session): Write {
  const waiting: Waiting[] = [];
  let isBusy = false;

  async function drain(): Promise<void> {
    // Whoever puts many at once has put them by then.
    await nextTurn();
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      try {
        const results = await runSteps(batch);
        batch.forEach((one, index) => {
          one.resolve(results[index] as never);
        });
      } catch (error) {
        if (batch.length === 1) batch[0]!.reject(error);
        else await runOneByOne(batch);
      }
    }
    isBusy = false;
  }

  /** Of a batch that failed, those whose fault it was not still succeed. */
  async function runOneByOne(batch: readonly Waiting[]): Promise<void> {
    for (const one of batch) {
      try {
        const [result] = await runSteps([one]);
        one.resolve(result as never);
      } catch (error) {
        one.reject(error);
      }
    }
  }

  function runSteps(batch: readonly Waiting[]): Promise<unknown[]> {
    return transact(db, places, session, (transaction) => batch.map(({ step }) => step(transaction)));
  }

  return (step, bytes = 0) =>
    new Promise((resolve, reject) => {
      waiting.push({ step, bytes, resolve, reject });
      if (isBusy) return;
      isBusy = true;
      void drain();
    });
}

/** One write transaction, alone. */
export function transact<T>(
  db: Database,
  places: Places,
  session: Session,
  act: (transaction: Transaction) => T,
): Promise<T> {
  return db.write(() => {
    const nowMs = Date.now();
    const transaction: Transaction = {
      db,
      nowMs,
      staleMs: Math.max(session.startedMs, nowMs - REFRESH_MS),
      packs: packWriter(db, places),
      hasDamaged: db.get("select 1 from damaged limit 1") !== undefined,
    };
    try {
      const result = act(transaction);
      transaction.packs.finish();
      return result;
    } catch (error) {
      transaction.packs.abandon();
      throw error;
    }
  });
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const one of waiting) {
    if (count > 0 && (bytes + one.bytes > BATCH_BYTES || count >= BATCH_STEPS)) break;
    bytes += one.bytes;
    count++;
  }
  return waiting.splice(0, count);
}
