import { type ByteString, bufferOf, decodeText } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import type { AttemptRecord, OutcomeCounts } from "../../journal/records.ts";

/** Text for people: nothing in it moves the cursor of a terminal. */
export function printable(bytes: ByteString): string {
  return decodeText(bytes).replace(/[\x00-\x1f\x7f-\x9f]/g, (char) =>
    char === "\n" ? "↵" : char === "\t" ? " " : "\ufffd",
  );
}

/** A CID and the path that it belongs to, as it is, or on a terminal as it can be shown. */
export function cidLine(
  cid: string,
  path: ByteString,
  io: { readonly columns: number | undefined },
): string | Buffer {
  return io.columns === undefined ? bufferOf(`${cid}  ${path}\n`) : `${cid}  ${printable(path)}\n`;
}

export function commandText(argv: readonly ByteString[]): string {
  return printable(argv.map((word) => (word === ":::" || word === "{}" ? word : quoteWord(word))).join(" "));
}

/** 340 ms, 12.3 s, 4 min 5 s, 3 h 20 min, 2 d 4 h. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** 2026-11-22 22:52:31, in local time. */
export function clock(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19).replace("T", " ");
}

export function size(bytes: number): string {
  let value = bytes;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (value < 1024) return `${unit === "B" ? value : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(1)} TiB`;
}

/** "3 succeeded, 1 failed": the kinds that occur. */
export function countsText(counts: OutcomeCounts): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.map(([kind, count]) => `${count} ${kind.replace("-", " ")}`).join(", ") || "none done";
}

export function doneCount(counts: OutcomeCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** How an attempt ended, in a few words: of a function, what its error says. */
export function exitText(end: Pick<AttemptRecord, "exitCode" | "signal" | "error">): string {
  if (end.error !== undefined) return printable(end.error.split("\n", 1)[0]!);
  return end.signal === 0 ? `exit ${end.exitCode}` : `signal ${end.signal}`;
}

/**
 * Columns one blank line wide apart, the first row their heads; numbers stand to the right. The last column is cut where
 * the line would not fit the terminal.
 */
export function table(rows: readonly (readonly string[])[], columns: number | undefined): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const areNumbers = widths.map((_, column) => isNumeric(rows, column));
  const line = (row: readonly string[]): string => {
    const cells = row.map((cell, column) => {
      if (column === row.length - 1) return cell;
      return areNumbers[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
    });
    const text = cells.join("  ").trimEnd();
    return columns !== undefined && text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
  };
  return rows.map((row) => `${line(row)}\n`).join("");
}

function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  return rows.length > 1 && rows.slice(1).every((row) => /^[\d/%-]*$/.test(row[column] ?? ""));
}
