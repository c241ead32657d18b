import { renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ByteString, bufferOf, decodeText } from "../../../bytes/bytes.ts";
import { makeDirectories, makeTemporaryDirectory } from "../../../directories.ts";
import type { AttemptEnd, OutputSpec } from "../../../interface/launcher.ts";
import type { ActionRecord } from "../../../interface/store.ts";
import { fileHasher } from "../../../memo/file-hash.ts";
import { memoKey } from "../../../memo/key.ts";
import {
  type FileState,
  fileState,
  isThere,
  keepFile,
  type MadeFile,
  madeRecord,
  placeFile,
  readMade,
} from "../../../memo/made.ts";
import { type Answer, openMemo } from "../../../memo/memo.ts";
import { type Fetched, fetchStream, keepStream, type Secured, secure } from "../../../memo/streams.ts";
import { fsStore } from "../../../store/fs/fs-store.ts";
import { storeDirectory } from "../../../store/fs/places.ts";
import type { Task } from "../tasks/task.ts";
import { temporaryPath } from "../text/out-file.ts";
import { type MemoJob, memoQuestions, type TaskQuestion } from "./memo-questions.ts";

/** --memo: tasks that need not run, because an earlier run has done the same. */
export interface JobMemo {
  /** Looks tasks up, and gives those that are found their --out files. Returns which they are. */
  lookUp(tasks: readonly Task[]): Promise<ReadonlySet<number>>;
  /** The task was found, and what it shows has not been taken. */
  isFound(seq: number): boolean;
  /** What a task that was found shows. Asked once. */
  take(seq: number): Reused | undefined;
  /** Of one that was not found: why, a phrase each. */
  missed(seq: number): readonly string[] | undefined;
  /** The task has succeeded; its output is still where it was captured. */
  succeeded(seq: number, output: OutputSpec | undefined, end: Pick<AttemptEnd, "exit" | "wrote">): void;
  /** The task has its outcome, whichever. */
  forget(seq: number): void;
  readonly reused: number;
  /** Resolves when all that is to be remembered is. */
  close(): Promise<void>;
}

export interface Reused {
  readonly command: ByteString;
  readonly exitCode: number;
  /** Undefined where there was none. */
  readonly stdout: Fetched | undefined;
  readonly stderr: Fetched | undefined;
}

export interface JobMemoOptions extends MemoJob {
  /** Names the job, in names of temporary files. */
  readonly run: string;
  readonly warn: (text: string) => void;
}

const NOT_OK = "it ended with a status that --ok does not name";
const DAMAGED = "what it gave cannot be read from the store";
/** Files that are put in their places at a time. */
const PLACES_MAX = 8;

export function openJobMemo(job: JobMemoOptions): JobMemo {
  const store = fsStore(storeDirectory(job.env));
  const hasher = fileHasher(store);
  const warn = ({ message }: Error): void =>
    job.warn(`nothing is reused, for the store cannot be used: ${message}`);
  const memo = openMemo(store, warn);
  const questionsOf = memoQuestions(job, hasher);
  const scratch = scratchDirectory();
  const found = new Map<number, Reused>();
  const open = new Map<number, TaskQuestion & Pick<Answer, "history" | "reasons">>();
  /** Those of --out that are there: to ask for each file costs as much as to write it. */
  const directories = new Set<ByteString>();
  let reused = 0;

  async function lookUp(tasks: readonly Task[]): Promise<void> {
    const asked = (await memo.use(() => questionsOf(tasks))) ?? [];
    const answers = await memo.lookUp(asked.map(({ question }) => question));
    const left = asked.entries();
    const work = async (): Promise<void> => {
      for (const [index, one] of left) {
        const { record, reasons, history } = answers[index]!;
        const output = record && (await restored(one, record));
        if (typeof output === "object") found.set(one.task.seq, output);
        else open.set(one.task.seq, { ...one, history, reasons: output === undefined ? reasons : [output] });
      }
    };
    await Promise.all(Array.from({ length: PLACES_MAX }, work));
  }

  /** Or why it cannot be had: then the task runs. */
  async function restored(
    { task, out, command }: TaskQuestion,
    record: ActionRecord,
  ): Promise<Reused | string> {
    try {
      const made = readMade(record);
      const { exitCode = 0 } = made;
      if (exitCode !== 0 && !job.options.ok.includes(exitCode)) return NOT_OK;
      const stdout = await fetchStream(store, made.stdout, () => scratch.file(`${task.seq}.out`));
      const stderr = await fetchStream(store, made.stderr, () => scratch.file(`${task.seq}.err`));
      if (out !== undefined && !(await placed(out, made.out, task.seq))) return DAMAGED;
      return { command, exitCode, stdout, stderr };
    } catch {
      return DAMAGED;
    }
  }

  /** What is there and the same stays as it is, with its times. */
  async function placed(path: ByteString, made: MadeFile | undefined, seq: number): Promise<boolean> {
    if (made === undefined) return false;
    if (await isThere(hasher, path, made)) return true;
    const temporary = temporaryPath(path, job.run, seq);
    try {
      makeDirectory(path.slice(0, path.lastIndexOf("/") + 1));
      await placeFile(store, temporary, made);
      renameSync(bufferOf(temporary), bufferOf(path));
      return true;
    } catch {
      // Damaged, or no room.
      rmSync(bufferOf(temporary), { force: true });
      return false;
    }
  }

  function makeDirectory(name: ByteString): void {
    if (name === "" || directories.has(name)) return;
    makeDirectories(bufferOf(name));
    directories.add(name);
  }

  /** What it had made when it ended, unless its inputs, or that, are no longer what they were. */
  async function recordOf(
    { task, question }: TaskQuestion,
    out: FileState | undefined,
    streams: readonly [stdout: Secured | undefined, stderr: Secured | undefined],
    exitCode: number,
  ): Promise<ActionRecord | undefined> {
    const [stdout, stderr] = await Promise.all(streams.map((stream) => keepStream(store, stream)));
    const [now] = await questionsOf([task]);
    if (now === undefined || memoKey(now.question.parts) !== memoKey(question.parts)) return undefined;
    const file = out && (await keepFile(store, hasher, out));
    if (out !== undefined && file === undefined) return undefined;
    return madeRecord({
      ...(exitCode !== 0 && { exitCode }),
      ...(file && { out: file }),
      ...(stdout && { stdout }),
      ...(stderr && { stderr }),
    });
  }

  return {
    async lookUp(tasks) {
      await lookUp(tasks);
      return new Set(tasks.flatMap(({ seq }) => (found.has(seq) ? [seq] : [])));
    },
    isFound: (seq) => found.has(seq),
    take(seq) {
      const output = found.get(seq);
      if (found.delete(seq)) reused++;
      return output;
    },
    missed: (seq) => open.get(seq)?.reasons.map(decodeText),
    succeeded(seq, output, { exit, wrote }) {
      const asked = open.get(seq);
      if (asked === undefined || output?.type !== "files") return;
      const out = asked.out === undefined ? undefined : fileState(asked.out);
      // A directory is not remembered.
      if (asked.out !== undefined && out === undefined) return;
      const stdout =
        wrote?.stdout === false ? undefined : secure(output.stdout, () => scratch.file(`${seq}.1`));
      const stderr =
        wrote?.stderr === false ? undefined : secure(output.stderr, () => scratch.file(`${seq}.2`));
      memo.remember(asked.question, asked.history, () =>
        recordOf(asked, out, [stdout, stderr], exit.exitCode),
      );
    },
    forget: (seq) => void open.delete(seq),
    get reused() {
      return reused;
    },
    async close() {
      await memo.close();
      await store[Symbol.asyncDispose]();
      scratch.remove();
    },
  };
}

function scratchDirectory(): { file(name: string): string; remove(): void } {
  let directory: string | undefined;
  return {
    file: (name) => join((directory ??= makeTemporaryDirectory(join(tmpdir(), "yonder-memo-"))), name),
    remove: () => directory !== undefined && rmSync(directory, { recursive: true, force: true }),
  };
}
