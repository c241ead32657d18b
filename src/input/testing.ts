import type { ByteString } from "../bytes/bytes.ts";
import type { Row } from "../interface/task.ts";
import { openInput } from "./input.ts";
import type { InputOptions, InputSource, RowReader } from "./options.ts";

/** A reader with plain options but for those that a test is about. */
export function openPlain(options: Partial<InputOptions>): RowReader {
  return openInput({
    sources: [],
    delimiter: "\n",
    link: false,
    csv: false,
    noRunIfEmpty: false,
    skipFirstLine: false,
    stdin: () => chunksOf([]),
    ...options,
  });
}

export async function allRows(options: Partial<InputOptions>, max = 3): Promise<Row[]> {
  await using reader = openPlain(options);
  return await readAll(reader, max);
}

export async function readAll(reader: RowReader, max = 3): Promise<Row[]> {
  const rows: Row[] = [];
  for (let batch = await reader.read(max); batch.length > 0; batch = await reader.read(max)) {
    if (batch.length > max) throw new Error(`${batch.length} rows where at most ${max} were asked for`);
    rows.push(...batch);
  }
  return rows;
}

/** A ::: source. */
export function values(...list: ByteString[]): InputSource {
  return { kind: "values", values: list, linked: false };
}

export function file(path: ByteString): InputSource {
  return { kind: "file", path, linked: false };
}

/** The source with a plus: :::+, ::::+. */
export function plus(source: InputSource): InputSource {
  return { ...source, linked: true };
}

/** Standard input that brings these texts one after the other. */
export function stdinOf(...chunks: ByteString[]): () => AsyncIterable<Buffer> {
  return () => chunksOf(chunks);
}

async function* chunksOf(chunks: readonly ByteString[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk, "latin1");
}
