import { readFileSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";
import { type LogEntry, seconds } from "./joblog.ts";
import { inTurn } from "./lines.ts";
import type { Transform } from "./parts.ts";
import type { ResultsTable, TableFormat } from "./results.ts";
import type { Show, ShowOptions, Sizes } from "./show.ts";
import { openTableFile } from "./table-file.ts";
import { type Ended, hasFailed, taskTransform } from "./task.ts";
import type { Writer } from "./writer-types.ts";

/** An output of a task: a text, or a file with what changes its bytes. */
type Cell = ByteString | FileCell;

interface FileCell {
  readonly path: ByteString;
  readonly size: number;
  /** What stands before the file's bytes. */
  readonly first: ByteString;
  readonly transform: Transform | undefined;
}

/** A larger output goes through in chunks, and always in quotes. */
const WHOLE_BYTES_MAX = 64 * 1024;

const COLUMNS = ["Seq", "Host", "Starttime", "JobRuntime", "Send", "Receive", "Exitval", "Signal", "Command"];

/** --results FILE.csv and its like: a row for each task, with its outputs in the last two columns. */
export function tableShow(options: ShowOptions, table: ResultsTable, writer: Writer): Show {
  const { stdout, files = false, earlier, keepOrder } = options;
  const isOnStdout = table.path === "-";
  const file = isOnStdout
    ? undefined
    : openTableFile(table.path, table.format, earlier && { isDone: earlier.isDone, keepOrder });
  const fd = file?.fd ?? stdout;
  if (file !== undefined) writer.name(fd, `--results ${table.path}`);
  const style = STYLES[table.format];
  let hasHeader = table.format === "json" || (file?.hasHeader ?? (earlier?.shownCount ?? 0) > 0);

  return {
    keepsStdout: files,
    keepsStderr: false,
    started: () => {},
    ended: (ended, sizes, entry) => {
      if (file?.has(ended.task.seq)) return;
      const values = ended.task.rows.flat();
      if (!hasHeader) writer.bytes(fd, header(values.length));
      hasHeader = true;
      writer.bytes(fd, style.fields(entry, values) + style.beforeStdout);
      cell(files ? (ended.place?.stdout ?? "") : stdoutCell(ended, sizes));
      writer.bytes(fd, style.beforeStderr);
      cell(stderrCell(ended, sizes));
      writer.bytes(fd, style.end);
    },
    dispose: () => file?.close(),
  };

  function stdoutCell(ended: Ended, sizes: Sizes): Cell {
    if (ended.place === undefined) return "";
    const transform = taskTransform(ended, hasFailed(ended.end));
    const command = options.showCommand === "stdout" ? `${ended.task.command}\n` : "";
    return { path: ended.place.stdout, size: sizes.stdout, first: command, transform };
  }

  function stderrCell(ended: Ended, sizes: Sizes): Cell {
    if (ended.place === undefined) return "";
    const transform = taskTransform(ended, hasFailed(ended.end));
    return { path: ended.place.stderr, size: sizes.stderr, first: "", transform };
  }

  function header(valueCount: number): ByteString {
    const names = Array.from({ length: valueCount }, (_, i) => table.columnNames?.[i] ?? `V${i + 1}`);
    const separator = table.format === "csv" ? "," : "\t";
    return [...COLUMNS, ...names, "Stdout", "Stderr"].map(style.quote).join(separator) + "\n";
  }

  function cell(content: Cell): void {
    if (typeof content === "string") writer.bytes(fd, style.quote(content));
    else if (content.size <= WHOLE_BYTES_MAX) writer.bytes(fd, style.quote(wholeText(content)));
    else {
      const { path, first, transform } = content;
      writer.bytes(
        fd,
        `"${style.escape(first === "" || transform === undefined ? first : transform(first, false))}`,
      );
      writer.file(fd, path, { transform: inTurn(transform, style.escape) });
      writer.bytes(fd, '"');
    }
  }
}

interface Style {
  quote(text: ByteString): ByteString;
  escape(text: ByteString): ByteString;
  /** All but the outputs. */
  fields(entry: LogEntry, values: readonly ByteString[]): ByteString;
  readonly beforeStdout: ByteString;
  readonly beforeStderr: ByteString;
  readonly end: ByteString;
}

const STYLES: Record<TableFormat, Style> = {
  csv: separated(",", /[\t-\r ",]/),
  tsv: separated("\t", /[\t-\r "]/),
  json: {
    quote: quoteJson,
    escape: escapeJson,
    fields: jsonFields,
    beforeStdout: ', "Stdout": ',
    beforeStderr: ', "Stderr": ',
    end: " }\n",
  },
};

function separated(separator: ByteString, special: RegExp): Style {
  const double = (text: ByteString): ByteString => text.replaceAll('"', '""');
  const quote = (text: ByteString): ByteString => (special.test(text) ? `"${double(text)}"` : text);
  return {
    quote,
    escape: double,
    fields: (entry, values) =>
      [
        entry.seq,
        quote(entry.host),
        seconds(entry.startMs),
        seconds(entry.endMs - entry.startMs),
        entry.sendBytes,
        entry.receiveBytes,
        entry.exitCode,
        entry.signal,
        quote(entry.command),
        ...values.map(quote),
      ].join(separator),
    beforeStdout: separator,
    beforeStderr: separator,
    end: "\n",
  };
}

function jsonFields(entry: LogEntry, values: readonly ByteString[]): ByteString {
  return (
    `{ "Seq": ${entry.seq}, "Host": ${quoteJson(entry.host)}, "Starttime": ${seconds(entry.startMs)}, ` +
    `"JobRuntime": ${seconds(entry.endMs - entry.startMs)}, "Send": ${entry.sendBytes}, ` +
    `"Receive": ${entry.receiveBytes}, "Exitval": ${entry.exitCode}, "Signal": ${entry.signal}, ` +
    (entry.reused ? '"Reused": true, ' : "") +
    `"Command": ${quoteJson(entry.command)}, "V": [ ${values.map(quoteJson).join(",")} ]`
  );
}

function quoteJson(text: ByteString): ByteString {
  return `"${escapeJson(text)}"`;
}

/** Bytes that are not UTF-8 stay as they are, so that nothing is lost. */
function escapeJson(text: ByteString): ByteString {
  return text.replace(/[\x00-\x1f"\\]/g, (char) =>
    char < " " ? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}` : `\\${char}`,
  );
}

function wholeText({ path, size, first, transform }: FileCell): ByteString {
  const text = first + (size === 0 ? "" : bytesOf(readFileSync(bufferOf(path))));
  return transform === undefined || text === "" ? text : transform(text, true);
}
