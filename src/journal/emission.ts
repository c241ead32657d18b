import type { JournalRecord } from "./records.ts";
import type { OutputFile } from "./request.ts";

/** Where the streams go now, where that is a regular file. */
export interface Streams {
  readonly stdout: OutputFile | undefined;
  readonly stderr: OutputFile | undefined;
}

export interface Emission {
  add(record: JournalRecord, offset: number): void;
  /** Tasks whose output was announced and not confirmed, in the order of showing. */
  readonly pending: readonly number[];
  /** Tasks whose output was confirmed. */
  readonly shownCount: number;
  /** How much of what the pending outputs look like, one behind the other, is in the files that are written to now. */
  thereBytes(now: Streams): ThereBytes;
  /**
   * How much of the last words, which come behind all outputs, is in the file that is written to now: none of them where
   * an output comes first. All of them is Infinity: the next driver's may be longer.
   */
  closedBytes(now: Streams): number;
  /** Tasks with an outcome whose output was never announced: it waited for its turn. */
  held(): number[];
  /** Tasks that run again: what they had to show is not shown any more. */
  forget(isForgotten: (task: number) => boolean): void;
  /** Offsets of the outcome records of all these. */
  readonly offsets: ReadonlyMap<number, number>;
}

/** Of one file for both, the sum is `stdout`. */
export interface ThereBytes {
  readonly stdout: number;
  readonly stderr: number;
  readonly shared: boolean;
}

/**
 * Follows what was shown, so that a run that goes on shows the rest: each byte once where the stream is a regular file,
 * whose size tells; elsewhere at most the last batch again, because no one can ask a pipe what it has passed on.
 *
 * A driver announces outputs, flushes the journal, writes them out, and confirms with the next batch, with the sizes
 * that the files then have. So what is not confirmed is a short list, and what a file holds beyond its confirmed size is
 * the beginning of what the list looks like, with its tags and colours: bytes of that, not of the tasks' own output.
 * What closes a job's output is announced like one; `finished` is what confirms it.
 */
export function emission(stdout: OutputFile | undefined, stderr: OutputFile | undefined): Emission {
  let files: Streams = { stdout, stderr };
  /** Sizes at which the first pending output begins, or the last words. */
  let confirmed = startOf(files);
  /** The driver's own notes on standard error since then: where they begin, and how long they are. */
  let notes: Note[] = [];
  /** Something of a forgotten output may be there: nobody can tell the rest by its size. */
  let isUnclear = false;
  /** An announcement may be lost, so that counts and sizes do not tell; names do. */
  let isDamaged = false;
  const held = new Set<number>();
  const offsets = new Map<number, number>();
  const pending = new Set<number>();
  /** Announced by the last driver, and not confirmed. */
  let announced: number[] = [];
  let announcedCount = 0;
  /** The size of last words that were announced behind all outputs. */
  let closing: number | undefined;
  let shownCount = 0;

  const announce = (task: number): void => {
    // What an earlier driver closed with stays before this, as far as it is there.
    if (closing !== undefined) beginAt(startOf(files));
    closing = undefined;
    held.delete(task);
    pending.add(task);
    announced.push(task);
    announcedCount++;
  };
  const beginAt = (sizes: readonly [stdout: number, stderr: number]): void => {
    confirmed = sizes;
    notes = notes.filter(({ at }) => at >= sizes[1]);
  };
  const confirm = (count: number, last: number | undefined): void => {
    const byCount = count - (announcedCount - announced.length);
    const length = isDamaged ? (last === undefined ? 0 : announced.lastIndexOf(last) + 1) : byCount;
    for (const task of announced.splice(0, length)) {
      if (pending.delete(task)) shownCount++;
      offsets.delete(task);
    }
    if (pending.size === 0) isUnclear = false;
  };
  const isShared = (now: Streams): boolean =>
    isSame(now.stdout, now.stderr) && isSame(files.stdout, files.stderr);
  const beyondConfirmed = (now: Streams): ThereBytes => {
    const shared = isShared(now);
    const noteBytes = notes.reduce((sum, note) => sum + bytesOf(note, now.stderr), 0);
    const stdoutNotes = shared ? noteBytes : 0;
    return {
      shared,
      stdout: isSame(now.stdout, files.stdout) ? beyond(now.stdout, confirmed[0] + stdoutNotes) : 0,
      stderr: !shared && isSame(now.stderr, files.stderr) ? beyond(now.stderr, confirmed[1] + noteBytes) : 0,
    };
  };
  return {
    offsets,
    get pending() {
      return [...pending];
    },
    get shownCount() {
      return shownCount;
    },
    add(record, offset) {
      switch (record.type) {
        case "outcome":
          if (record.held || record.showing) offsets.set(record.task, offset);
          if (record.held) held.add(record.task);
          if (record.showing) announce(record.task);
          return;
        case "showing":
          return announce(record.task);
        case "shown":
          confirm(record.count, record.task);
          return beginAt(record.sizes);
        case "closing":
          closing = record.bytes;
          return;
        case "finished":
          closing = undefined;
          return;
        case "note":
          notes.push(record);
          return;
        case "damaged":
          isDamaged = true;
          return;
        case "resumed": {
          announced = [];
          if (pending.size === 0) isUnclear = false;
          const isOpen = pending.size > 0 || closing !== undefined;
          // What is there of pending outputs stays there, in a file that is written to still.
          if (!isOpen || !isSame(record.stdout, files.stdout)) confirmed = [startOf(record)[0], confirmed[1]];
          if (!isOpen || !isSame(record.stderr, files.stderr)) {
            confirmed = [confirmed[0], startOf(record)[1]];
            notes = [];
          }
          // A note that was cut off stays so, whatever comes behind it.
          notes = notes.map((note) => ({ at: note.at, bytes: bytesOf(note, record.stderr) }));
          files = { stdout: record.stdout, stderr: record.stderr };
        }
      }
    },
    thereBytes(now) {
      // With nothing pending, what a file has beyond its confirmed size is last words, or somebody else's.
      const isKnown = !isUnclear && !isDamaged && pending.size > 0;
      return isKnown ? beyondConfirmed(now) : { shared: isShared(now), stdout: 0, stderr: 0 };
    },
    closedBytes(now) {
      if (closing === undefined || isUnclear || isDamaged || pending.size > 0) return 0;
      const bytes = beyondConfirmed(now).stdout;
      return bytes >= closing ? Number.POSITIVE_INFINITY : bytes;
    },
    held: () => [...held].sort((one, other) => one - other),
    forget(isForgotten) {
      for (const task of pending) {
        if (isForgotten(task)) isUnclear = pending.delete(task);
      }
      for (const task of held) if (isForgotten(task)) held.delete(task);
    },
  };
}

interface Note {
  readonly at: number;
  readonly bytes: number;
}

/** What a file has of a note. */
function bytesOf({ at, bytes }: Note, file: OutputFile | undefined): number {
  return Math.min(bytes, beyond(file, at));
}

function startOf({ stdout, stderr }: Partial<Streams>): readonly [stdout: number, stderr: number] {
  return [stdout?.startBytes ?? 0, stderr?.startBytes ?? 0];
}

function beyond(file: OutputFile | undefined, sizeBytes: number): number {
  return Math.max(0, (file?.startBytes ?? 0) - sizeBytes);
}

function isSame(one: OutputFile | undefined, other: OutputFile | undefined): boolean {
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}
