import { tmpdir } from "node:os";
import { type ByteString, encodeText } from "../bytes/bytes.ts";
import { combine, combinedSize } from "./combine.ts";
import { type CountedRows, countedRows } from "./counted.ts";
import { type OpenedRecords, openRecords } from "./open-records.ts";
import type { InputOptions, RowReader } from "./options.ts";
import { type RowSpool, rowSpool } from "./row-spool.ts";
import { type RowSource, rowSource } from "./source.ts";

/**
 * Opens all sources. A file that cannot be opened, or a bad --colsep, throws a YonderError here, before anything runs.
 *
 * Memory: one source streams, in whatever length. Of several, the first one streams and the others are held; with
 * --link all are held as far as they have been read, until only one has not ended; with --shuf all are held.
 */
export function openInput(options: InputOptions): RowReader {
  const opened = openRecords(options);
  const sources = opened.records.map((records) => rowSource(records, options));
  const spool = (): RowSpool => rowSpool(options.tmpdir ?? encodeText(tmpdir()));
  const counted = sources.map((source) => countedRows(source, spool));
  const combined = combine(counted, opened.sources, options);
  const size = async (): Promise<number> => {
    const sizes: number[] = [];
    for (const source of counted) sizes.push(await source.total());
    return combinedSize(sizes, opened.sources, options.link);
  };
  // Rows of sources that share standard input cannot be counted one source after the other.
  const rows: CountedRows = opened.isShared
    ? countedRows(combined, spool)
    : { ...combined, total: size, close() {} };
  let prepared: Promise<readonly ByteString[]> | undefined;

  const prepare = (): Promise<readonly ByteString[]> => {
    prepared ??= prepareSources(options, opened, sources);
    return prepared;
  };
  return {
    async read(max) {
      await prepare();
      return await rows.read(max);
    },
    names: prepare,
    async total() {
      await prepare();
      return await rows.total();
    },
    close,
    async [Symbol.asyncDispose]() {
      close();
    },
  };

  function close(): void {
    for (const source of sources) source.close();
    for (const source of counted) source.close();
    rows.close();
  }
}

/** Reads what comes before the rows, in the order of the sources: the line to skip, the names. */
async function prepareSources(
  options: InputOptions,
  opened: OpenedRecords,
  sources: readonly RowSource[],
): Promise<readonly ByteString[]> {
  if (options.skipFirstLine) await opened.records[0]!.read(1);
  if (options.header === "paths") {
    return opened.sources.map((source) => (source.kind === "file" ? source.path : ""));
  }
  const names: ByteString[] = [];
  if (options.header === "names") {
    for (const source of sources) names.push(...(await source.readNames()));
  }
  return names;
}
