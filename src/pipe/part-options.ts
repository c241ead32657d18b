import type { ByteString } from "../bytes/bytes.ts";
import type { BlockOptions } from "./options.ts";

/** --pipepart: no counting of records or lines, no timeout. */
export interface PartOptions
  extends Pick<BlockOptions, "recstart" | "recend" | "regexp" | "header" | "groupBy"> {
  /** --block. Negative: so many blocks for each job slot. */
  readonly block: number;
  /** Job slots, at least 1. */
  readonly slots: number;
}

/** --pipepart without --block. */
export const defaultPartBlock = -10;

/** Bytes of a file that one job gets: the header of the file, then file[start, end). */
export interface FilePart {
  readonly path: ByteString;
  readonly start: number;
  readonly end: number;
  /** The header is file[0, headerBytes). */
  readonly headerBytes: number;
}
