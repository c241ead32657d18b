import type { ByteString } from "../bytes/bytes.ts";
import type { ChunkSource } from "./chunks.ts";
import { cutter } from "./cut.ts";
import type { MaybePromise } from "./maybe-promise.ts";

/** Records before anything is made of them. */
export interface RecordSource {
  /** At least one as soon as any is there, at most `max`; none at the end. */
  read(max: number): MaybePromise<ByteString[]>;
  close(): void;
}

/** What a NUL byte becomes: no argument of a command can hold one. */
const nulText = "\\0";

export function chunkRecords(
  chunks: ChunkSource,
  delimiter: ByteString,
  warn: (text: string) => void,
): RecordSource {
  const cut = cutter(delimiter);
  let queue: ByteString[] = [];
  let head = 0;
  let ended = false;
  let nulSeen = false;

  const accept = (chunk: Buffer | undefined): void => {
    ended = chunk === undefined;
    queue = chunk === undefined ? cut.end() : cut.push(chunk);
    head = 0;
    nulSeen ||= delimiter !== "\0" && chunk !== undefined && chunk.includes(0);
    if (nulSeen) queue = queue.map((record) => withoutNul(record, warn));
  };
  const take = (max: number): ByteString[] => {
    const records = head === 0 && queue.length <= max ? queue : queue.slice(head, head + max);
    head += records.length;
    return records;
  };
  const readLater = async (chunk: Promise<Buffer | undefined>, max: number): Promise<ByteString[]> => {
    accept(await chunk);
    while (head === queue.length && !ended) accept(await chunks.next());
    return take(max);
  };
  return {
    read(max) {
      while (head === queue.length && !ended) {
        const chunk = chunks.next();
        if (chunk instanceof Promise) return readLater(chunk, max);
        accept(chunk);
      }
      return take(max);
    },
    close: () => chunks.close(),
  };
}

/** Values are read as if they stood in a file, each with a delimiter after it: one that holds a delimiter is several. */
export function valueRecords(
  values: readonly ByteString[],
  delimiter: ByteString,
  warn: (text: string) => void,
): RecordSource {
  const pieces =
    delimiter.length === 1
      ? values.flatMap((value) => (value.includes(delimiter) ? value.split(delimiter) : [value]))
      : cutWhole(values.map((value) => value + delimiter).join(""), delimiter);
  const records = pieces.map((piece) => withoutNul(piece, warn));
  let head = 0;
  return {
    read(max) {
      const batch = records.slice(head, head + max);
      head += batch.length;
      return batch;
    },
    close() {},
  };
}

function cutWhole(text: ByteString, delimiter: ByteString): ByteString[] {
  const cut = cutter(delimiter);
  return [...cut.push(Buffer.from(text, "latin1")), ...cut.end()];
}

function withoutNul(record: ByteString, warn: (text: string) => void): ByteString {
  if (!record.includes("\0")) return record;
  warn(
    `A NUL character in the input was replaced with ${nulText}.\n` +
      "NUL cannot be passed through in the argument list.\n" +
      "Did you mean to use the --null option?",
  );
  return record.replaceAll("\0", nulText);
}
