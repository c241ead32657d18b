import type { JournalRecord, PendingOutput } from "./records.ts";
import type { OutputFile } from "./request.ts";

/** Sizes now, of streams that are the same regular files as when the job wrote to them. */
export interface StreamSizes {
  readonly stdoutBytes?: number;
  readonly stderrBytes?: number;
}

export interface Emission {
  add(record: JournalRecord, offset: number): void;
  /** Where the last driver wrote to. */
  readonly stdout: OutputFile | undefined;
  readonly stderr: OutputFile | undefined;
  /** Outputs that were announced and of which the end is not there, in the order of showing. */
  pending(sizes: StreamSizes): PendingOutput[];
  /** Tasks with an outcome whose output was never announced: it waited for its turn. */
  held(): number[];
  /** Offsets of the outcome records of all these. */
  readonly offsets: ReadonlyMap<number, number>;
}

interface Announcement {
  readonly task: number;
  /** What had been written out before this announcement. */
  readonly skip: readonly [stdout: number, stderr: number];
  readonly bytes: readonly [stdout: number, stderr: number];
}

/**
 * Follows what was shown, so that a run that goes on shows the rest: each byte once where the stream is a regular file,
 * whose size tells; elsewhere at most the last batch again, because no one can ask a pipe what it has passed on.
 *
 * A driver announces outputs, flushes the journal, writes them out, and confirms with the next batch. So what is not
 * confirmed is a short list, and the bytes of a regular file are: those from before, all confirmed, then a beginning of
 * the announced ones.
 */
export function emission(stdout: OutputFile | undefined, stderr: OutputFile | undefined): Emission {
  let files = { stdout, stderr };
  const held = new Set<number>();
  const offsets = new Map<number, number>();
  let waiting: PendingOutput[] = [];
  let announced: Announcement[] = [];
  let announcedCount = 0;
  /** Bytes of confirmed announcements, since the last driver took over. */
  let confirmed: [stdout: number, stderr: number] = [0, 0];

  const announce = (task: number, bytes: readonly [number, number]): void => {
    const before = waiting.find((pending) => pending[0] === task);
    if (before) waiting = waiting.filter((pending) => pending !== before);
    held.delete(task);
    announced.push({ task, skip: before ? [before[1], before[2]] : [0, 0], bytes });
    announcedCount++;
  };
  const confirm = (count: number): void => {
    while (announced.length > 0 && announcedCount - announced.length < count) {
      const { task, bytes } = announced.shift()!;
      confirmed = [confirmed[0] + bytes[0], confirmed[1] + bytes[1]];
      offsets.delete(task);
    }
  };
  return {
    offsets,
    get stdout() {
      return files.stdout;
    },
    get stderr() {
      return files.stderr;
    },
    add(record, offset) {
      if (record.type === "outcome") {
        if (record.held || record.showing) offsets.set(record.task, offset);
        if (record.held) held.add(record.task);
        if (record.showing) announce(record.task, record.showing);
      } else if (record.type === "showing") announce(record.task, record.bytes);
      else if (record.type === "shown") confirm(record.count);
      else if (record.type === "resumed") {
        announced = [];
        waiting = [...(record.pending ?? [])];
        confirmed = [0, 0];
        files = { stdout: record.stdout, stderr: record.stderr };
      }
    },
    pending(sizes) {
      const there = visible(files, sizes, confirmed);
      return [...unseen(announced, there), ...waiting];
    },
    held: () => [...held].sort((one, other) => one - other),
  };
}

/** How many bytes of the unconfirmed announcements are in each stream's file; of one file for both, their sum. */
interface Visible {
  stdout: number;
  stderr: number;
  readonly shared: boolean;
}

function visible(
  files: { stdout: OutputFile | undefined; stderr: OutputFile | undefined },
  sizes: StreamSizes,
  confirmed: readonly [number, number],
): Visible {
  const shared =
    files.stdout !== undefined &&
    files.stdout.ino === files.stderr?.ino &&
    files.stdout.dev === files.stderr.dev;
  const beyond = (file: OutputFile | undefined, sizeBytes: number | undefined, before: number): number =>
    file === undefined || sizeBytes === undefined ? 0 : Math.max(0, sizeBytes - file.startBytes - before);
  return {
    shared,
    stdout: beyond(files.stdout, sizes.stdoutBytes, confirmed[0] + (shared ? confirmed[1] : 0)),
    stderr: shared ? 0 : beyond(files.stderr, sizes.stderrBytes, confirmed[1]),
  };
}

/** Standard output is written before standard error, which matters where both are one file. */
function unseen(announced: readonly Announcement[], there: Visible): PendingOutput[] {
  const pending: PendingOutput[] = [];
  for (const { task, skip, bytes } of announced) {
    const stdout = Math.min(bytes[0], there.stdout);
    there.stdout -= stdout;
    const source = there.shared ? "stdout" : "stderr";
    const stderr = Math.min(bytes[1], there[source]);
    there[source] -= stderr;
    if (stdout < bytes[0] || stderr < bytes[1]) pending.push([task, skip[0] + stdout, skip[1] + stderr]);
  }
  return pending;
}
