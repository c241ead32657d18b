import { basename } from "node:path";
import { type ByteString, decodeText, encodeText } from "../bytes/bytes.ts";
import { quoteWord } from "../bytes/quote.ts";
import { runJob } from "../driver/job.ts";
import { keepBytes } from "../driver/journal.ts";
import { standardInputAgain } from "../driver/standard-input.ts";
import { YonderError } from "../interface/errors.ts";
import { damagedRequest } from "../journal/damage.ts";
import { killOrphans } from "../journal/orphans.ts";
import { type JobRequest, readRequest } from "../journal/request.ts";
import { resumeJob } from "../journal/resume.ts";
import { type CommandLine, type Grammar, parseCommandLine } from "../options/parse.ts";
import { commandText } from "./commands/format.ts";
import type { ResumeRequest } from "./commands/resume.ts";
import { optionWorld } from "./commands/run.ts";
import { type ProgramName, say } from "./main.ts";

/** Goes on with a job that was interrupted. Resolves with its exit status. */
export async function continueJob({ directory, ...how }: ResumeRequest): Promise<number> {
  const request = readRequest(directory);
  if (request === undefined) throw damagedRequest(directory);
  if (request.sdk) refuseProgram(directory, request);
  process.chdir(decodeText(request.cwd));
  for (const [name, value] of request.env) process.env[name] = decodeText(value);
  const { name, line } = commandLineOf(request.argv);
  const warn = (text: string): void => say(name, `Warning: ${text}`);
  const { env } = process;
  const resumed = resumeJob({ env, keepBytes: keepBytes(line.options), warn }, directory, how);
  const { journal } = resumed;
  try {
    await killOrphans(resumed.id, resumed.done);
    resumed.takeStock();
    const notes: ByteString[] = [];
    const stdin = standardInputAgain(resumed, line.options.delimiter, (text) =>
      notes.push(encodeText(`Warning: ${text}`)),
    );
    const end = await runJob({ line, env, journal, stdin, resumed, name, notes, world: optionWorld() });
    journal.finish(end.exitCode, end.cancelled);
    return end.exitCode;
  } catch (error) {
    journal.finish(255);
    throw error;
  }
}

function refuseProgram(directory: string, { argv, cwd }: JobRequest): never {
  throw new YonderError("JOURNAL", {
    message: `job ${basename(directory)} is a program's, and only the program can go on with its tasks`,
    remedy: `run it again: cd ${quoteWord(cwd)} && ${commandText(argv)}. Tasks with memo: true that succeeded are not run twice`,
    exitCode: 1,
  });
}

/** The names under which a job was asked for stand before its words, but for yonder itself. */
function commandLineOf(argv: readonly ByteString[]): { name: ProgramName; line: CommandLine } {
  const [first = "", ...rest] = argv;
  const isNamed = first === "parallel" || first === "sem";
  const name: ProgramName & Grammar = isNamed ? first : "yonder";
  const isVerb = isNamed || first === "run" || first === "submit";
  return { name, line: parseCommandLine(isVerb ? rest : argv, name, optionWorld()) };
}
