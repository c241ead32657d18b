import { fileChunks, streamChunks } from "./chunks.ts";
import type { InputOptions, InputSource } from "./options.ts";
import { chunkRecords, type RecordSource, valueRecords } from "./records.ts";

export interface OpenedRecords {
  /** What the options asked for, or standard input where they asked for nothing. */
  readonly sources: readonly InputSource[];
  /** One for each source; those that share standard input are one and the same. */
  readonly records: readonly RecordSource[];
  readonly isShared: boolean;
}

/** Opens all sources, or none: where one cannot be opened, the others are closed again. */
export function openRecords(options: InputOptions): OpenedRecords {
  const sources = isNothing(options.sources) ? [standardInput] : options.sources;
  const warn = options.warn ?? (() => {});
  const records: RecordSource[] = [];
  let stdin: RecordSource | undefined;
  try {
    for (const source of sources) records.push(open(source));
  } catch (error) {
    for (const opened of records) opened.close();
    throw error;
  }
  return { sources, records, isShared: sources.filter(isStdin).length > 1 };

  function open(source: InputSource): RecordSource {
    if (source.kind === "values") return valueRecords(source.values, options.delimiter, warn);
    if (!isStdin(source)) return chunkRecords(fileChunks(source.path), options.delimiter, warn);
    stdin ??= chunkRecords(streamChunks(options.stdin), options.delimiter, warn);
    return stdin;
  }
}

/** No source at all, or a single ::: with nothing after it: GNU parallel reads standard input for both. */
function isNothing([first, ...others]: readonly InputSource[]): boolean {
  if (first === undefined) return true;
  return others.length === 0 && first.kind === "values" && first.values.length === 0;
}

const standardInput: InputSource = { kind: "file", path: "-", linked: false };

export function isStdin(source: InputSource): boolean {
  return source.kind === "file" && source.path === "-";
}
