import { tell, writeResults } from "../../standard-streams.ts";

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
    write: (content) => writeResults(1, content),
    writeError: (content) => writeResults(2, content),
    note: (line) => tell(`yonder: ${line}\n`),
    progress: process.stderr.isTTY ? showProgress : undefined,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    rows: process.stdout.isTTY ? process.stdout.rows : undefined,
    nowMs: Date.now,
  };
}

function showProgress(line: string): void {
  tell(`\r${line.slice(0, (process.stderr.columns || 80) - 1)}\x1b[K`);
}
