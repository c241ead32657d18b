import { decodeText } from "../../bytes/bytes.ts";
import type { Observers } from "../../driver/observers.ts";
import type { Memo } from "../../function/options.ts";
import { type CallTask, type Doer, isOver, type SessionFunction } from "../../kinds/function/call.ts";
import { fileHasher } from "../../memo/file-hash.ts";
import { type KeyPart, memoKey } from "../../memo/key.ts";
import { type Answer, openMemo, type Question } from "../../memo/memo.ts";
import { fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { bytesOfValue } from "../../wire/values/bytes.ts";
import type { Session } from "../session.ts";
import { type CallFacts, callFacts, callQuestion, codePart } from "./call-key.ts";
import { recordedValue, valueRecord } from "./value-record.ts";

/** Calls that need not run, because an earlier success had the same key; the others run, and are remembered. */
export interface SessionMemo extends Doer {
  readonly reused: number;
  /** Resolves when all that is to be remembered is. */
  close(): Promise<void>;
}

/** Looked up together: more would hold up the event loop for more than a moment. */
const BATCH = 500;
/** Values that wait to be written. What comes when there are more is not remembered. */
const WAITING_BYTES_MAX = 256 * 2 ** 20;

const NO_KEY = "it has an argument without content to go by";
const UNREADABLE = "an input cannot be read";
const DAMAGED = "what it gave cannot be read from the store";

interface Asked {
  readonly call: CallTask;
  readonly facts: CallFacts;
}

/** @param warn told once, where the store cannot be used */
export function createSessionMemo(
  session: Session,
  observers: Observers<CallTask>,
  warn: (line: string) => void,
): SessionMemo {
  const store = fsStore(storeDirectory(process.env));
  const hasher = fileHasher(store);
  const cache = openMemo(store, ({ message }) =>
    warn(`nothing is reused, for the store cannot be used: ${message}`),
  );
  const codes = new Map<SessionFunction, Promise<KeyPart>>();
  /** Those that were not found, until they have their outcome. */
  const open = new Map<
    CallTask,
    { readonly asked: Asked; readonly question: Question; readonly answer: Answer }
  >();
  let ready: Asked[] = [];
  let waitingBytes = 0;
  let reused = 0;

  observers.add({
    ended({ attempt }, outcome) {
      if (outcome === undefined) return;
      const { task: call } = attempt;
      const missed = open.get(call);
      if (open.delete(call) && outcome.type === "succeeded") remember(call.value, missed!);
    },
    settled: (call) => void open.delete(call),
  });

  function codeOf({ fn }: CallTask): Promise<KeyPart> {
    let code = codes.get(fn);
    if (code === undefined) codes.set(fn, (code = codePart(fn.launched!)));
    return code;
  }

  function runs(call: CallTask, subject: string, reasons: readonly string[]): void {
    call.memo = { subject, reused: false, reasons: reasons.map(decodeText) };
    session.toSlots(call);
  }

  async function lookUp(batch: readonly Asked[]): Promise<void> {
    const questions = await Promise.all(batch.map((asked) => questionOf(asked)));
    const asked = batch.filter((one, index) => {
      if (questions[index] === undefined) runs(one.call, one.facts.subject, [UNREADABLE]);
      return questions[index] !== undefined;
    });
    const known = questions.filter((question) => question !== undefined);
    const answers = await cache.lookUp(known);
    for (const [index, answer] of answers.entries()) answered(asked[index]!, known[index]!, answer);
  }

  async function questionOf({ call, facts }: Asked): Promise<Question | undefined> {
    try {
      return await callQuestion(facts, await codeOf(call), hasher);
    } catch {
      return undefined;
    }
  }

  function answered(asked: Asked, question: Question, answer: Answer): void {
    const { call, facts } = asked;
    const misses = (reasons: readonly string[]): void => {
      if (isOver(call)) return;
      open.set(call, { asked, question, answer });
      runs(call, facts.subject, reasons);
    };
    if (answer.record === undefined) return misses(answer.reasons);
    try {
      const value = recordedValue(store, answer.record);
      if (!(value instanceof Promise)) return done(call, facts, value);
      value.then(
        (there: unknown) => done(call, facts, there),
        () => misses([DAMAGED]),
      );
    } catch {
      misses([DAMAGED]);
    }
  }

  function done(call: CallTask, { subject }: CallFacts, value: unknown): void {
    if (isOver(call)) return;
    call.memo = { subject, reused: true, reasons: [] };
    call.value = value;
    reused++;
    session.doneElsewhere(call, true, undefined);
  }

  /** Serialized at once: the program may change the value as soon as it has it. */
  function remember(
    value: unknown,
    {
      asked,
      question,
      answer,
    }: { readonly asked: Asked; readonly question: Question; readonly answer: Answer },
  ): void {
    if (waitingBytes > WAITING_BYTES_MAX) return;
    let bytes: Buffer;
    try {
      bytes = bytesOfValue(value);
    } catch {
      return; // its value has no bytes
    }
    waitingBytes += bytes.length;
    cache.remember(question, answer.history, async () => {
      try {
        return (await isUnchanged(asked, question)) ? await valueRecord(store, bytes) : undefined;
      } finally {
        waitingBytes -= bytes.length;
      }
    });
  }

  /** Files that were written to meanwhile: nobody knows which content the function has read. */
  async function isUnchanged(asked: Asked, question: Question): Promise<boolean> {
    if (asked.facts.files.length === 0) return true;
    const now = await questionOf(asked);
    return now !== undefined && memoKey(now.parts) === memoKey(question.parts);
  }

  function flush(): void {
    const all = ready;
    ready = [];
    for (let from = 0; from < all.length; from += BATCH) void lookUp(all.slice(from, from + BATCH));
  }

  return {
    waits: "it is being looked up in the memo",
    ready(call) {
      const { memo } = call.options;
      try {
        ready.push({ call, facts: callFacts(call, typeof memo === "object" ? (memo as Memo) : {}) });
      } catch {
        return runs(call, "", [NO_KEY]);
      }
      if (ready.length === 1) queueMicrotask(flush);
    },
    settled: () => {},
    get reused() {
      return reused;
    },
    async close() {
      await cache.close();
      await store[Symbol.asyncDispose]();
    },
  };
}
