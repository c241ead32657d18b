import type { ByteString } from "../bytes/bytes.ts";
import type { Row } from "../interface/task.ts";
import type { ByteStream } from "./chunks.ts";

export type InputSource =
  /** The arguments after ::: */
  | { readonly kind: "values"; readonly values: readonly ByteString[]; readonly linked: boolean }
  /** -a and ::::, "-" for standard input, which several sources may share. */
  | { readonly kind: "file"; readonly path: ByteString; readonly linked: boolean };

export interface InputOptions {
  /** `linked` (:::+, ::::+) ties a source to the one before it. None at all: standard input. */
  readonly sources: readonly InputSource[];
  /** Ends each record; "" for perl's paragraph mode: records are apart by empty lines. */
  readonly delimiter: ByteString;
  /** --link: one record of each source for each row; the shorter sources start again. */
  readonly link: boolean;
  /** A perl regular expression; with csv, its first character. Default: a tab under `header`, a comma under `csv`. */
  readonly colsep?: ByteString | undefined;
  readonly csv: boolean;
  /** Default: "lr" where colsep is given, "n" elsewhere. */
  readonly trim?: "n" | "l" | "r" | "lr" | undefined;
  /** A record equal to this ends its source; "" for none. */
  readonly eof?: ByteString | undefined;
  /** "names": the first record of each source names its columns. "paths": the path of a file is its name. */
  readonly header?: "names" | "paths" | undefined;
  /** -L: a record that ends in a blank goes on with the next one. */
  readonly continued?: boolean | undefined;
  /** Blank records are left out. */
  readonly noRunIfEmpty: boolean;
  /** Of the first source. */
  readonly skipFirstLine: boolean;
  /** All rows in a random order; the same seed gives the same order. */
  readonly shuf?: { readonly seed?: number | undefined } | undefined;
  readonly stdin: () => ByteStream;
  /** Text for the person, one or more lines, without the program's name. */
  readonly warn?: ((text: string) => void) | undefined;
  /** Where total() puts what it had to read ahead; default: the system's temporary directory. */
  readonly tmpdir?: ByteString | undefined;
}

/** The rows of a job, in order. One call at a time: the next only when the promise of the last has settled. */
export interface RowReader {
  /**
   * The next rows: at least one, as soon as any is there, at most `max`; none at the end.
   * Rejects with a YonderError (INPUT) where a source cannot be read or parsed.
   */
  read(max: number): Promise<Row[]>;
  /** The name of each column; "" for one without. Reads the first record of each source where they are there. */
  names(): Promise<readonly ByteString[]>;
  /** How many rows there are, those already read included. Reads all sources to their ends and keeps the rest. */
  total(): Promise<number>;
  /** Lets go of all files. Safe to repeat. */
  close(): void;
  [Symbol.asyncDispose](): Promise<void>;
}
