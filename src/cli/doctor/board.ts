import type { CommandIo } from "../commands/io.ts";

/** Lines whose order is known before what stands in them. */
export interface Board {
  show(index: number, line: string): void;
}

/**
 * On a terminal each line is filled in where it stands, as soon as it is known. Elsewhere, and where the lines are more
 * than the terminal's, a line waits for those before it.
 */
export function openBoard(pending: readonly string[], io: CommandIo): Board {
  const { columns, rows = 0 } = io;
  const isDrawn = columns !== undefined && rows > pending.length && io.env["TERM"] !== "dumb";
  return isDrawn ? drawnBoard(pending, io) : plainBoard(pending.length, io);
}

function drawnBoard(pending: readonly string[], io: CommandIo): Board {
  io.write(pending.map((line) => `${line}\n`).join(""));
  return {
    show(index, line) {
      const up = pending.length - index;
      const down = up === 1 ? "" : `\x1b[${up - 1}B`;
      io.write(`\x1b[${up}A\r\x1b[2K${line}\n${down}`);
    },
  };
}

function plainBoard(count: number, io: CommandIo): Board {
  const known = new Array<string | undefined>(count);
  let next = 0;
  return {
    show(index, line) {
      known[index] = line;
      for (; next < count && known[next] !== undefined; next++) io.write(`${known[next]}\n`);
    },
  };
}
