import { closeSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";
import { isTerminal } from "./descriptor.ts";
import type { Place } from "./places.ts";
import { sizeOf } from "./places.ts";
import type { Show, ShowOptions } from "./show.ts";
import { hasFailed, type Running, taskDecoration } from "./task.ts";
import type { Writer } from "./writer-types.ts";

const POLL_DELAY_MS = 100;
const LINE_BYTES_MAX = 4096;

/**
 * --latest-line: one line for each task, with the latest line of its output. On a terminal it changes while the task
 * runs; elsewhere it is printed when the task has ended.
 */
export function latestShow(options: ShowOptions, writer: Writer): Show {
  const { stdout } = options;
  const isLive = isTerminal(stdout);
  // Line numbers of the tasks on the terminal, from the top; only those that can still change.
  const lines = new Map<number, { row: number; text: ByteString }>();
  let rows = 0;

  return {
    keepsStdout: false,
    keepsStderr: false,
    started: (running) => {
      if (isLive) draw(running, false);
    },
    ended: (ended) => {
      if (isLive) draw(ended, hasFailed(ended.end));
      else if (ended.place !== undefined) writer.bytes(stdout, `${lineOf(ended, hasFailed(ended.end))}\n`);
      lines.delete(ended.task.seq);
    },
    poll: (tasks) => {
      if (!isLive) return undefined;
      for (const running of tasks) draw(running, false);
      return POLL_DELAY_MS;
    },
  };

  function draw(running: Running, failed: boolean): void {
    const { seq } = running.task;
    const text = lineOf(running, failed);
    const line = lines.get(seq);
    if (line === undefined) {
      lines.set(seq, { row: rows++, text });
      writer.bytes(stdout, `\r${text}\x1b[K\n`);
      return;
    }
    const up = rows - line.row;
    // A line that has scrolled out of the terminal cannot be reached any more.
    if (line.text === text || up >= terminalRows()) return;
    line.text = text;
    writer.bytes(stdout, `\x1b[${up}A\r${text}\x1b[K\x1b[${up}B\r`);
  }

  function lineOf(running: Running, failed: boolean): ByteString {
    const { before, after } = taskDecoration(running, failed);
    const latest = running.place === undefined ? "" : latestLine(running.place);
    const room = isLive ? Math.max(10, terminalColumns() - (running.task.tag?.length ?? 0) - 9) : Infinity;
    return before + (latest.length > room ? `${latest.slice(0, room - 1)}>` : latest) + after;
  }
}

/** Of standard output, or of standard error where that is empty. Control characters become blanks. */
function latestLine(place: Place): ByteString {
  return (lastLineOf(place.stdout) || lastLineOf(place.stderr)).replace(/[\x00-\x1f\x7f]/g, " ");
}

function lastLineOf(path: ByteString): ByteString {
  const size = sizeOf(path);
  if (size === 0) return "";
  const chunk = Buffer.allocUnsafe(Math.min(size, LINE_BYTES_MAX));
  const fd = openSync(bufferOf(path), "r");
  try {
    const count = readSync(fd, chunk, 0, chunk.length, size - chunk.length);
    const text = bytesOf(chunk.subarray(0, count)).replace(/\r?\n$/, "");
    return text.slice(Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1);
  } finally {
    closeSync(fd);
  }
}

/** A terminal that has not been told its size says 0. */
function terminalColumns(): number {
  return process.stderr.columns || 80;
}

function terminalRows(): number {
  return process.stderr.rows || 24;
}
