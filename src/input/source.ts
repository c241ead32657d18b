import type { ByteString } from "../bytes/bytes.ts";
import type { Row } from "../interface/task.ts";
import { nameColumns, rowColumns } from "./columns.ts";
import { continuedRecords } from "./continued.ts";
import { isOpen } from "./csv.ts";
import type { MaybePromise } from "./maybe-promise.ts";
import type { InputOptions } from "./options.ts";
import type { RecordSource } from "./records.ts";

/** The rows of one source. */
export interface RowSource {
  /** At least one as soon as any is there, at most `max`; none at the end, and again none after it. */
  read(max: number): MaybePromise<Row[]>;
  /** The columns of the first record, which is no row. Before the first read, and only then. */
  readNames(): MaybePromise<readonly ByteString[]>;
  close(): void;
}

export function rowSource(records: RecordSource, options: InputOptions): RowSource {
  const whole = options.csv ? joinQuoted(records, options.delimiter) : records;
  const names = nameColumns(options);
  const columns = rowColumns(options);
  const kept = recordFilter(options);
  let ended = false;

  const rowsOf = (batch: ByteString[]): Row[] => {
    const { records: wanted, last } = kept(batch);
    ended = last;
    return columns === undefined ? wanted.map((record) => [record]) : wanted.map(columns);
  };
  const readLater = async (batch: Promise<ByteString[]>, max: number): Promise<Row[]> => {
    const rows = rowsOf(await batch);
    return rows.length > 0 || ended ? rows : read(max);
  };
  const read = (max: number): MaybePromise<Row[]> => {
    while (!ended) {
      const batch = whole.read(max);
      if (batch instanceof Promise) return readLater(batch, max);
      const rows = rowsOf(batch);
      if (rows.length > 0) return rows;
    }
    return [];
  };
  const namesOf = (batch: ByteString[]): ByteString[] => batch.flatMap(names);
  return {
    read,
    readNames: () => {
      const batch = whole.read(1);
      return batch instanceof Promise ? batch.then(namesOf) : namesOf(batch);
    },
    close: () => whole.close(),
  };
}

/** Stops at the eof string, leaves out blank records (-r), and joins what goes on (-L). An empty batch is the end. */
function recordFilter(
  options: InputOptions,
): (batch: ByteString[]) => { records: ByteString[]; last: boolean } {
  const { eof = "", noRunIfEmpty } = options;
  const join = options.continued ? continuedRecords() : undefined;
  return (batch) => {
    const end = eof === "" ? -1 : batch.indexOf(eof);
    const last = batch.length === 0 || end !== -1;
    let records = end === -1 ? batch : batch.slice(0, end);
    if (noRunIfEmpty) records = records.filter((record) => /[^\t-\r ]/.test(record));
    return { records: join === undefined ? records : join(records, last), last };
  };
}

/** A CSV record goes on over the delimiters that its quoted fields hold. */
function joinQuoted(records: RecordSource, delimiter: ByteString): RecordSource {
  let begun: ByteString | undefined;
  const joinAll = (batch: ByteString[]): ByteString[] => {
    const joined: ByteString[] = [];
    for (const piece of batch) {
      const odd = isOpen(piece);
      if (begun === undefined && !odd) joined.push(withoutReturn(piece));
      else if (begun === undefined) begun = piece;
      else if (!odd) begun += delimiter + piece;
      else {
        joined.push(withoutReturn(begun + delimiter + piece));
        begun = undefined;
      }
    }
    // A quote that never closes: the record is handed on as it is, and the parser refuses it.
    if (batch.length === 0 && begun !== undefined) joined.push(begun);
    if (batch.length === 0) begun = undefined;
    return joined;
  };
  const readLater = async (batch: Promise<ByteString[]>, max: number): Promise<ByteString[]> => {
    const pieces = await batch;
    const joined = joinAll(pieces);
    return joined.length > 0 || pieces.length === 0 ? joined : read(max);
  };
  const read = (max: number): MaybePromise<ByteString[]> => {
    while (true) {
      const batch = records.read(max);
      if (batch instanceof Promise) return readLater(batch, max);
      const joined = joinAll(batch);
      if (joined.length > 0 || batch.length === 0) return joined;
    }
  };
  return { read, close: () => records.close() };
}

/** CSV lines end in CR LF, says RFC 4180; GNU parallel refuses the CR. */
function withoutReturn(record: ByteString): ByteString {
  return record.endsWith("\r") ? record.slice(0, -1) : record;
}
