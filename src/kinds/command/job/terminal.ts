import { closeSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { StdinSpec } from "../../../interface/launcher.ts";
import { tell } from "../../../standard-streams.ts";

const TERMINAL = "/dev/tty";

/** -p: asks the person, who answers at the terminal whatever standard input is. */
export function askAtTerminal(): (command: ByteString) => boolean {
  let terminal: number;
  try {
    terminal = openSync(TERMINAL, "r");
  } catch (cause) {
    throw new YonderError("USAGE", {
      message: "-p has no terminal to ask at.",
      remedy: "leave out -p, or look at the commands with --dry-run",
      cause,
    });
  }
  return (command) => {
    tell(bufferOf(`${command} ?...`));
    return /^y/i.test(readLine(terminal));
  };
}

function readLine(terminal: number): string {
  const chunk = Buffer.alloc(256);
  let line = "";
  while (!line.includes("\n")) {
    const count = readSync(terminal, chunk);
    if (count === 0) return line;
    line += chunk.toString("latin1", 0, count);
  }
  return line;
}

/** --tty, --open-tty: jobs read the terminal; nothing where there is none. */
export function terminalInput(): StdinSpec {
  try {
    closeSync(openSync(TERMINAL, "r"));
    return { type: "path", path: TERMINAL };
  } catch {
    return { type: "null" };
  }
}
