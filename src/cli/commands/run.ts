import { readFileSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf, encodeText } from "../../bytes/bytes.ts";
import { homeOf } from "../../home.ts";
import { DETACHED_VARIABLE } from "../../journal/detach.ts";
import { noJournal } from "../../journal/open-journal.ts";
import { openJobJournal } from "../../kinds/command/job/job-journal.ts";
import { makeParallelHome, requireRecordedEnvironment } from "../../kinds/command/job/recorded-env.ts";
import { runJob } from "../../kinds/command/job/run-job.ts";
import { ownStandardInput } from "../../kinds/command/job/standard-input.ts";
import type { OptionWorld } from "../../options/defaults.ts";
import { type CommandLine, type Grammar, parseCommandLine } from "../../options/parse.ts";
import { writeResults } from "../../standard-streams.ts";
import { warnOfInput } from "../keyboard.ts";
import { type ProgramName, say } from "../program.ts";

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
  const world = optionWorld();
  const line = parseCommandLine(words, name satisfies Grammar, world);
  const tell = (text: ByteString): void => say(name, text);
  for (const warning of line.warnings) tell(`Warning: ${warning}`);
  if (line.action.type !== "run") {
    const { inform } = await import("../inform.ts");
    return inform(name, line.action, world);
  }
  makeParallelHome(world);
  requireRecordedEnvironment(line.options, world);
  if (line.options.showLimits) {
    const { limitsText } = await import("../inform.ts");
    writeResults(1, limitsText(line.options));
  }
  warnOfInput(name, line, tell);
  const isDetached = process.env[DETACHED_VARIABLE] !== undefined;
  if (line.options.detach && !isDetached) {
    const { submit } = await import("./submit.ts");
    return submit(line);
  }
  const start = (): Promise<number> => startJob(name, line, argv, tell);
  if (!line.options.semaphore) return start();
  const { underSemaphore } = await import("../semaphore.ts");
  return underSemaphore(line, tell, start);
}

async function startJob(
  name: ProgramName,
  line: CommandLine,
  argv: readonly ByteString[],
  tell: (text: ByteString) => void,
): Promise<number> {
  const { options } = line;
  const { env } = process;
  const hasJournal = options.journal && !options.dryRun && options.shellQuote === 0;
  const journal = hasJournal ? openJobJournal({ name, argv, line, env, tell }) : noJournal();
  try {
    const stdin = ownStandardInput(journal);
    const { verdict, exitCode } = await runJob({
      line,
      env,
      journal,
      stdin,
      name,
      world: optionWorld(),
    });
    journal.finish(verdict.exitCode, verdict.cancelled);
    return exitCode;
  } catch (error) {
    journal.finish(255);
    throw error;
  }
}

export function optionWorld(): OptionWorld {
  // Names are data: one is not to be the prototype.
  const env: Record<string, ByteString | undefined> = Object.create(null);
  for (const [key, value] of Object.entries(process.env)) {
    if (value !== undefined) env[key] = encodeText(value);
  }
  const home = homeOf(process.env);
  if (home !== undefined) env["HOME"] = encodeText(home);
  return {
    env,
    readFile,
    get directory() {
      return workingDirectory();
    },
  };
}

/** undefined where it has been removed. */
function workingDirectory(): ByteString | undefined {
  try {
    return encodeText(process.cwd());
  } catch {
    return undefined;
  }
}

function readFile(path: ByteString): ByteString | undefined {
  try {
    return bytesOf(readFileSync(bufferOf(path)));
  } catch {
    return undefined;
  }
}
