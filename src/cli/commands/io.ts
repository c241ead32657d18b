import { writeSync } from "node:fs";

/** What a command has of the world around it; tests give it another. */
export interface CommandIo {
  readonly env: NodeJS.ProcessEnv;
  /** Results, to standard output. A text is written as UTF-8. */
  write(content: string | Buffer): void;
  /** Bytes for standard error, such as a task's own. */
  writeError(content: Buffer): void;
  /** A line for a person, to standard error. */
  note(line: string): void;
  /** Shows a line in the place of the one before, an empty one for none; undefined without a terminal for it. */
  readonly progress?: ((line: string) => void) | undefined;
  /** Width of the terminal; undefined where results do not go to one, and nothing need be cut. */
  readonly columns: number | undefined;
  /** Lines of that terminal. */
  readonly rows?: number | undefined;
  nowMs(): number;
}

export function processIo(): CommandIo {
  return {
    env: process.env,
    write: (content) => writeAll(1, content),
    writeError: (content) => writeAll(2, content),
    note: (line) => writeAll(2, `yonder: ${line}\n`),
    progress: process.stderr.isTTY ? showProgress : undefined,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    rows: process.stdout.isTTY ? process.stdout.rows : undefined,
    nowMs: Date.now,
  };
}

function showProgress(line: string): void {
  writeAll(2, `\r${line.slice(0, (process.stderr.columns || 80) - 1)}\x1b[K`);
}

const RETRY_MS = 5;

/** Waits for a slow reader, so that the log of a large job is never held in memory. @throws EPIPE when nobody reads */
function writeAll(fd: number, content: string | Buffer): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      // Another process may have made a shared pipe non-blocking.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}
