import { bytesOf } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { blockFinder } from "./borders.ts";
import { createFill, type Slice } from "./fill.ts";
import { groupFinder } from "./groups.ts";
import { headerLength } from "./header.ts";
import { keyHeader, keyReader } from "./key.ts";
import type { BlockFinder, Moment } from "./moment.ts";
import type { Block, BlockOptions, Header } from "./options.ts";
import { separatorRemover } from "./remove-separators.ts";

/**
 * Cuts a stream of bytes into blocks of whole records. Read into `space()`, then say how much with `add`.
 *
 * Memory: one window of the block size, or of the longest record, and the blocks that are not yet released. The blocks
 * of an answer are cut as they are asked for (with -N1 a window has very many): take them all before the next call.
 */
export interface Cutter {
  /** Where the next input goes; never empty. */
  space(): Buffer;
  add(bytes: number): Promise<Iterable<Block>>;
  /** --block-timeout: what can be passed on now. */
  timeout(): Promise<Iterable<Block>>;
  end(): Promise<Iterable<Block>>;
}

export function createCutter(options: BlockOptions): Cutter {
  refuseMixedRecords(options);
  let { blockBytes } = options;
  const fill = createFill(blockBytes);
  const finish = blockFinisher(options);
  const preamble = preambleOf(options);
  let header: Buffer | undefined;
  let find: BlockFinder | undefined;

  /** Takes what stands before the records; false where more input is needed to know it. */
  function takePreamble(moment: Moment): boolean {
    for (let next = preamble[0]; next !== undefined; next = preamble[0]) {
      const length = headerLength(next, fill.data(), moment === "full" || moment === "end");
      if (length === undefined) return false;
      preamble.shift();
      const slice = fill.take(length);
      if (next !== firstLine && length > 0) header = Buffer.from(slice.bytes);
      slice.release();
    }
    return true;
  }

  async function cut(moment: Moment): Promise<Iterable<Block>> {
    if (preamble.length > 0) {
      if (!takePreamble(moment)) return [];
      if (moment === "full" && !fill.full()) moment = "more";
    }
    find ??= finderFor(options, header);
    const ends = await find(fill.data(), moment);
    if (moment === "full" && ends.length === 0) grow();
    return takeBlocks(ends, moment);
  }

  function* takeBlocks(ends: readonly number[], moment: Moment): Generator<Block> {
    let taken = 0;
    for (const end of ends) {
      const block = finish(fill.take(end - taken), header);
      taken = end;
      if (block !== undefined) yield block;
    }
    const rest = moment === "end" ? fill.data().length : 0;
    const last = rest > 0 ? finish(fill.take(rest), header) : undefined;
    if (last !== undefined) yield last;
  }

  /** Half a record fills the window. The new size is GNU parallel's, and so is the message. */
  function grow(): void {
    const wider = Math.ceil(blockBytes * 1.3) + 1;
    options.warn?.(`A record was longer than ${blockBytes}. Increasing to --blocksize ${wider}.`);
    blockBytes = wider;
    fill.setLimit(wider);
  }

  return {
    space: () => fill.space(),
    add(bytes) {
      fill.add(bytes);
      return cut(fill.full() ? "full" : "more");
    },
    timeout: () => cut("timeout"),
    end: () => cut("end"),
  };
}

/** What is taken off before the records. */
function preambleOf({ skipFirstLine, header, groupBy }: BlockOptions): Header[] {
  const kept = header ?? (groupBy && keyHeader(groupBy.key));
  return [...(skipFirstLine ? [firstLine] : []), ...(kept ? [kept] : [])];
}

const firstLine: Header = { type: "lines", lines: 1 };

function finderFor(options: BlockOptions, header: Buffer | undefined): BlockFinder {
  if (options.groupBy === undefined) return blockFinder(options);
  const headerLine = header === undefined ? undefined : bytesOf(header);
  return groupFinder(keyReader(options.groupBy, headerLine), options.records ?? 0);
}

/** With --group-by, records are groups of lines, and nothing else can say what a record is. */
function refuseMixedRecords({ groupBy, removeSeparators, recend, recstart }: BlockOptions): void {
  const mixed = Object.entries({
    "--remove-rec-sep": removeSeparators,
    "--recend": recend !== undefined,
    "--recstart": recstart !== undefined,
  }).find(([, given]) => given)?.[0];
  if (groupBy === undefined || mixed === undefined) return;
  throw new YonderError("USAGE", {
    message: `${mixed} is not compatible with --groupby`,
    remedy: `leave ${mixed} out: groups are of whole lines`,
  });
}

/** Makes a block of a slice; undefined where nothing is left that a job should see. */
function blockFinisher(
  options: BlockOptions,
): (slice: Slice, header: Buffer | undefined) => Block | undefined {
  const remove = options.removeSeparators ? separatorRemover(options) : undefined;
  return (slice, header) => {
    const records = remove === undefined ? slice.bytes : remove(slice.bytes);
    if (records.length === 0) {
      slice.release();
      return undefined;
    }
    const chunks = header === undefined ? [records] : [header, records];
    const bytes = records.length + (header?.length ?? 0);
    return { header, records, chunks, bytes, release: () => slice.release() };
  };
}
