import { closeSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";

/** What a joblog says about an earlier run. Where it has several lines for a task, the last one counts. */
export interface EarlierRun {
  /** The task has ended, well or not: --resume skips it. */
  hasRun(seq: number): boolean;
  /** The task has succeeded: --resume-failed skips it. */
  hasSucceeded(seq: number): boolean;
  /** The tasks that failed, by number, with their commands: --retry-failed runs them. */
  readonly failed: readonly { readonly seq: number; readonly command: ByteString }[];
}

/**
 * Reads the joblog of --joblog NAME or +NAME. One that does not exist says nothing. Torn and foreign lines do not count.
 * @param ok exit statuses that count as success beside 0
 */
export function readJoblog(name: ByteString, ok: readonly number[] = []): EarlierRun {
  const ran = bitSet();
  const succeeded = bitSet();
  const failed = new Map<number, ByteString>();
  for (const line of lines(name.startsWith("+") ? name.slice(1) : name)) {
    const entry = /^(\d+)(?:\t[^\t]*){5}\t(-?\d+)\t(\d+)\t(.*)$/s.exec(line);
    const seq = Number(entry?.[1]);
    if (entry === null || seq > SEQ_MAX) continue;
    const exitCode = Number(entry[2]);
    const isSuccess = (exitCode === 0 || ok.includes(exitCode)) && Number(entry[3]) === 0;
    ran.set(seq, true);
    succeeded.set(seq, isSuccess);
    if (isSuccess) failed.delete(seq);
    else failed.set(seq, entry[4]!.replaceAll("\0", "\n"));
  }
  return {
    hasRun: ran.has,
    hasSucceeded: succeeded.has,
    failed: [...failed].map(([seq, command]) => ({ seq, command })).sort((a, b) => a.seq - b.seq),
  };
}

/** Far above any job; what is above it is not a joblog's line. */
const SEQ_MAX = 0x7fff_ffff;

/** The whole lines of a file, a chunk at a time; what follows the last newline is not one. */
function* lines(path: ByteString): Generator<ByteString> {
  const fd = open(path);
  if (fd === undefined) return;
  try {
    const chunk = Buffer.allocUnsafe(256 * 1024);
    let rest = "";
    for (;;) {
      const count = readSync(fd, chunk, 0, chunk.length, null);
      if (count === 0) return;
      const parts = (rest + bytesOf(chunk.subarray(0, count))).split("\n");
      rest = parts.pop()!;
      yield* parts;
    }
  } finally {
    closeSync(fd);
  }
}

function open(path: ByteString): number | undefined {
  try {
    return openSync(bufferOf(path), "r");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new YonderError("OUTPUT", {
      message: `Cannot read --joblog ${path}.`,
      remedy: `give the joblog of the run to go on with: ${(cause as Error).message}`,
      cause,
    });
  }
}

interface BitSet {
  set(index: number, value: boolean): void;
  has(index: number): boolean;
}

/** A bit for each number: a joblog of ten million lines costs about a megabyte. */
function bitSet(): BitSet {
  let words = new Uint32Array(64);
  return {
    set: (index, value) => {
      const word = index >>> 5;
      if (word >= words.length) {
        const larger = new Uint32Array(Math.max(word + 1, words.length * 2));
        larger.set(words);
        words = larger;
      }
      const bit = 1 << (index & 31);
      words[word] = value ? words[word]! | bit : words[word]! & ~bit;
    },
    has: (index) => ((words[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0,
  };
}
