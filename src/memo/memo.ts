import type { ActionCache, ActionKey, ActionRecord } from "../interface/store.ts";
import { type Difference, differences } from "./differences.ts";
import {
  type History,
  historyKey,
  nearest,
  partsKey,
  partsRecord,
  readHistory,
  readParts,
  withEntry,
} from "./history.ts";
import { type KeyPart, memoKey } from "./key.ts";

/** A task, as the memo knows it. */
export interface Question {
  /** What stays when its key changes: by it the reason is found. */
  readonly subject: string;
  readonly parts: readonly KeyPart[];
}

export interface Answer {
  readonly key: ActionKey;
  /** What an earlier success gave. */
  readonly record: ActionRecord | undefined;
  /** Without a record: why, a phrase each, such as `input src/a.c changed`. */
  readonly reasons: readonly string[];
  readonly history: History;
}

/**
 * What tasks gave, by all that decides it.
 *
 * Nothing here throws: where the store cannot be used, `warn` is called once, nothing is found any more and nothing is
 * remembered.
 */
export interface Memo {
  /** In the order of the questions. Many at once cost little more than one. */
  lookUp(questions: readonly Question[]): Promise<Answer[]>;
  /** Keeps a success, behind the caller's back; `make` puts what it made into the store. Undefined: there is nothing to keep. */
  remember(question: Question, history: History, make: () => Promise<ActionRecord | undefined>): void;
  /** Does something with the store; undefined where that failed. */
  use<T>(act: () => Promise<T>): Promise<T | undefined>;
  /** Resolves when all is written. */
  close(): Promise<void>;
}

export const NEVER_DONE = "no earlier success";
/** As many are written at a time; others wait in memory, as a closure each. */
const WRITES_MAX = 16;

export function openMemo(cache: ActionCache, warn: (error: Error) => void): Memo {
  const keptParts = new Set<string>();
  const waiting: (() => Promise<void>)[] = [];
  let writing = 0;
  let isBroken = false;
  let idle = Promise.withResolvers<void>();
  idle.resolve();

  async function use<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (isBroken) return undefined;
    try {
      return await act();
    } catch (error) {
      if (!isBroken) warn(error as Error);
      isBroken = true;
      return undefined;
    }
  }

  async function keep({ subject, parts }: Question, history: History, record: ActionRecord): Promise<void> {
    const groups = parts.filter((part) => part.parts !== undefined && !keptParts.has(part.hash));
    for (const { hash } of groups) keptParts.add(hash);
    await Promise.all([
      cache.putAction(memoKey(parts), record),
      cache.putAction(historyKey(subject), withEntry(history, parts)),
      ...groups.map((part) => cache.putAction(partsKey(part.hash), partsRecord(part.parts!))),
    ]);
  }

  function write(): void {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      writing++;
      void next().finally(() => {
        writing--;
        if (waiting.length > 0) write();
        else if (writing === 0) idle.resolve();
      });
      if (writing >= WRITES_MAX) return;
    }
  }

  return {
    async lookUp(questions) {
      const keys = questions.map(({ parts }) => memoKey(parts));
      const records = (await use(() => cache.getActions(keys))) ?? [];
      const missed = questions.filter((_, index) => records[index] === undefined);
      const misses = await use(() => missesOf(cache, missed));
      return keys.map((key, index) => {
        const record = records[index];
        const miss = record === undefined ? misses?.shift() : undefined;
        return { key, record, reasons: miss?.reasons ?? [], history: miss?.history ?? [] };
      });
    },
    remember(question, history, make) {
      if (isBroken) return;
      if (waiting.length + writing === 0) idle = Promise.withResolvers<void>();
      waiting.push(async () => {
        await use(async () => {
          const record = await make();
          if (record !== undefined) await keep(question, history, record);
        });
      });
      if (writing < WRITES_MAX) write();
    },
    use,
    close: () => idle.promise,
  };
}

type Miss = Pick<Answer, "reasons" | "history">;

async function missesOf(cache: ActionCache, questions: readonly Question[]): Promise<Miss[]> {
  if (questions.length === 0) return [];
  const records = await cache.getActions(questions.map(({ subject }) => historyKey(subject)));
  const misses: Miss[] = [];
  for (const [index, { parts }] of questions.entries()) {
    const history = readHistory(records[index]);
    const near = nearest(history, parts);
    const reasons = near === undefined ? [NEVER_DONE] : await reasonsOf(cache, near, parts);
    misses.push({ history, reasons });
  }
  return misses;
}

/** A difference of a part that is made of parts is told of those. */
async function reasonsOf(
  cache: ActionCache,
  { entry, changes }: NonNullable<ReturnType<typeof nearest>>,
  parts: readonly KeyPart[],
): Promise<string[]> {
  const reasons: string[] = [];
  for (const change of changes) {
    const after = parts.find(({ name }) => name === change.name)?.parts;
    const hash = entry.find(({ name }) => name === change.name)?.hash;
    const before =
      after === undefined || hash === undefined
        ? undefined
        : readParts(await cache.getAction(partsKey(hash)));
    if (before === undefined) reasons.push(phrase(change));
    else reasons.push(...differences(before, after!).map(phrase));
  }
  // The same parts, and no record: it was removed, with what it had made.
  return reasons.length === 0 ? ["what it gave is no longer in the store"] : reasons;
}

function phrase({ name, change }: Difference): string {
  const verb = { changed: "changed", added: "is new", removed: "is gone" }[change];
  return `${name} ${verb}`;
}
