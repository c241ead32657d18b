import type { ByteString } from "../bytes/bytes.ts";

/**
 * The fields of one CSV record, or undefined where it is not CSV: a quoted field may hold anything, with `""` for a
 * quote; an unquoted one no quote. Blanks count.
 */
export function parseCsv(record: ByteString, separator: ByteString): ByteString[] | undefined {
  // Most records have no quote at all.
  if (!record.includes('"')) return record.split(separator);
  const fields: ByteString[] = [];
  let at = 0;
  while (true) {
    const end = record[at] === '"' ? quotedEnd(record, at) : plainEnd(record, at, separator);
    if (end !== record.length && record[end] !== separator) return undefined;
    const text = record.slice(at, end);
    if (text.startsWith('"')) fields.push(text.slice(1, -1).replaceAll('""', '"'));
    else if (text.includes('"')) return undefined;
    else fields.push(text);
    if (end === record.length) return fields;
    at = end + 1;
  }
}

/** True where a record stops inside a quoted field: its rest is in the records that follow. */
export function isOpen(record: ByteString): boolean {
  let quotes = 0;
  for (let at = record.indexOf('"'); at !== -1; at = record.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
}

function plainEnd(record: ByteString, at: number, separator: ByteString): number {
  const end = record.indexOf(separator, at);
  return end === -1 ? record.length : end;
}

/** Just after the closing quote, or where there is none, on the far side of the record's end. */
function quotedEnd(record: ByteString, at: number): number {
  let end = record.indexOf('"', at + 1);
  while (end !== -1 && record[end + 1] === '"') end = record.indexOf('"', end + 2);
  return end === -1 ? record.length + 1 : end + 1;
}
