import { YonderError } from "../../interface/errors.ts";
import { findJob } from "../../journal/find-job.ts";
import type { HowToResume } from "../../journal/resume.ts";
import { type CommandLine, parseCommand } from "./command-line.ts";
import type { CommandIo } from "./io.ts";
import { taskNumber } from "./task-number.ts";

const HELP = `usage: yonder resume ID [--failed | --task N[,N ...]] [--damaged]

Goes on with a job that was interrupted or cancelled: runs the tasks that have no outcome, or were stopped before their
end, and no other. What was computed and not yet shown is shown first. Run it with the same redirection (>> file), and
no output is doubled or torn. The exit status is that of the whole job.

  --failed      runs the tasks that failed once more, too
  --task N,...  runs these tasks once more, if they failed
  --damaged     goes on where a part of the journal is damaged: what has no known outcome runs, also where it has run before
`;
const OPTIONS = {
  failed: { type: "boolean" },
  task: { type: "string" },
  damaged: { type: "boolean" },
} as const;

/** What to hand to `resumeJob`. */
export interface ResumeRequest extends HowToResume {
  readonly directory: string;
}

/** @param resume goes on with the job, and resolves with its exit status */
export async function run(
  args: readonly string[],
  io: CommandIo,
  resume: (request: ResumeRequest) => Promise<number>,
): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [1, 1] }, args, io);
  if (line === undefined) return 0;
  const directory = findJob(io.env, line.words[0]!);
  return resume({ directory, again: againOf(line), damaged: line.flag("damaged") ? "accept" : "refuse" });
}

function againOf(line: CommandLine): ResumeRequest["again"] {
  const tasks = line.value("task");
  if (tasks === undefined) return line.flag("failed") ? "failed" : undefined;
  if (line.flag("failed")) {
    throw new YonderError("USAGE", {
      message: "--failed and --task exclude each other",
      remedy: "--failed runs all that failed",
      exitCode: 2,
    });
  }
  return tasks.split(",").map(taskNumber);
}
