import { readFileSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf, encodeText } from "../../bytes/bytes.ts";
import { runJob } from "../../driver/job.ts";
import { openJobJournal } from "../../driver/journal.ts";
import { noJournal } from "../../journal/writer.ts";
import type { OptionWorld } from "../../options/defaults.ts";
import { type CommandLine, type Grammar, parseCommandLine } from "../../options/parse.ts";
import { type ProgramName, say } from "../main.ts";

/**
 * Runs a command over inputs: `yonder run`, and everything under the names parallel and sem.
 *
 * @param words the words to parse
 * @param argv the words as they were typed, for the journal
 */
export async function run(
  name: ProgramName,
  words: readonly ByteString[],
  argv: readonly ByteString[],
): Promise<number> {
  const line = parseCommandLine(words, name satisfies Grammar, optionWorld());
  const tell = (text: ByteString): void => say(name, text);
  for (const warning of line.warnings) tell(`Warning: ${warning}`);
  if (line.action.type !== "run") {
    const { inform } = await import("../inform.ts");
    return inform(name, line.action);
  }
  return start(name, line, argv, tell);
}

async function start(
  name: ProgramName,
  line: CommandLine,
  argv: readonly ByteString[],
  tell: (text: ByteString) => void,
): Promise<number> {
  const { options } = line;
  const hasJournal = options.journal && !options.dryRun && options.shellQuote === 0;
  const journal = hasJournal ? openJobJournal({ name, argv, line, env: process.env, tell }) : noJournal();
  const status = await runJob({ line, env: process.env, journal, say: tell, name });
  journal.finish(status);
  return status;
}

export function optionWorld(): OptionWorld {
  const env: Record<string, ByteString | undefined> = {};
  for (const [key, value] of Object.entries(process.env)) {
    if (value !== undefined) env[key] = encodeText(value);
  }
  return { env, readFile };
}

function readFile(path: ByteString): ByteString | undefined {
  try {
    return bytesOf(readFileSync(bufferOf(path)));
  } catch {
    return undefined;
  }
}
