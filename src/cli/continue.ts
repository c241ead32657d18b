import { basename } from "node:path";
import { type ByteString, decodeText, encodeText } from "../bytes/bytes.ts";
import { quoteWord } from "../bytes/quote.ts";
import { tallyOf } from "../driver/record/earlier.ts";
import { YonderError } from "../interface/errors.ts";
import { damagedRequest } from "../journal/damage.ts";
import { readJob } from "../journal/job-view.ts";
import { endOf } from "../journal/left.ts";
import { killOrphans } from "../journal/orphans.ts";
import type { JobRequest } from "../journal/request.ts";
import { resumeJob } from "../journal/resume.ts";
import { haveChanged } from "../kinds/command/job/input-files.ts";
import { nothingLeft } from "../kinds/command/job/job-end.ts";
import { keepBytes } from "../kinds/command/job/job-journal.ts";
import { runJob } from "../kinds/command/job/run-job.ts";
import { standardInputAgain } from "../kinds/command/job/standard-input.ts";
import { type CommandLine, type Grammar, parseCommandLine } from "../options/parse.ts";
import { commandText } from "./commands/format.ts";
import type { ResumeRequest } from "./commands/resume.ts";
import { optionWorld } from "./commands/run.ts";
import { checkTask } from "./commands/task-number.ts";
import { type ProgramName, say } from "./program.ts";

/** Goes on with a job that was interrupted. Resolves with its exit status. */
export async function continueJob({ directory, ...how }: ResumeRequest): Promise<number> {
  const view = readJob(directory);
  if (view === undefined) throw damagedRequest(directory);
  const { request } = view;
  if (request.sdk) refuseProgram(directory, request);
  if (typeof how.again === "object") {
    for (const task of how.again) checkTask(task, view.id, view.summary.totalTasks);
  }
  const end = endOf(view, how.again);
  if (end !== undefined) {
    say("yonder", decodeText(nothingLeft(tallyOf(end.counts), view.id)));
    return end.exitCode;
  }
  enter(request.cwd);
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
    const warnLater = (text: string): void => void notes.push(encodeText(`Warning: ${text}`));
    const stdin = standardInputAgain(resumed, line.options.delimiter, warnLater);
    const isInputLost = haveChanged(request.files ?? [], warnLater) || stdin.isLost;
    const parts = { line, env, journal, stdin, resumed, isInputLost, name, notes, world: optionWorld() };
    const { verdict } = await runJob(parts);
    journal.finish(verdict.exitCode, verdict.cancelled);
    return verdict.exitCode;
  } catch (error) {
    journal.finish(255);
    throw error;
  }
}

function enter(directory: ByteString): void {
  try {
    process.chdir(decodeText(directory));
  } catch (cause) {
    throw new YonderError("JOURNAL", {
      message: `the job ran in ${decodeText(directory)}, where one cannot go any more: ${(cause as Error).message}`,
      remedy: "make the directory again, with what the job needs there",
      cause,
    });
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
