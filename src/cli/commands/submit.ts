import { spawnDetached } from "../../journal/detach.ts";
import { readsStandardInput } from "../../kinds/command/job/job-journal.ts";
import { startedAgain } from "../../kinds/command/job/job-shell.ts";
import type { CommandLine } from "../../options/parse.ts";
import { isTerminal } from "../../output/descriptor.ts";
import { tell, writeResults } from "../../standard-streams.ts";

/**
 * `yonder submit`, and --detach: the job goes on without the terminal. Prints its id at once; resolves with 0, or with the
 * status of a job that could not begin.
 */
export async function submit(line: CommandLine): Promise<number> {
  const [program, ...args] = process.argv.slice(1);
  const started = await spawnDetached({
    env: startedAgain(process.env),
    program: [process.execPath, program!],
    args,
    stdin: !readsStandardInput(line) || isTerminal(0) ? "empty" : "copy",
  });
  if (started.type === "refused") {
    tell(started.stderr);
    return started.exitCode;
  }
  const { id, pid } = started;
  writeResults(1, line.options.json ? `${JSON.stringify({ id, pid })}\n` : `${id}\n`);
  return 0;
}
