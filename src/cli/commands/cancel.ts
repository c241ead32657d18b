import { YonderError } from "../../interface/errors.ts";
import { type CancelResult, cancelJob } from "../../journal/cancel.ts";
import { type CommandLine, parseCommand } from "./command-line.ts";
import type { CommandIo } from "./io.ts";
import { jobView } from "./show.ts";

const HELP = `usage: yonder cancel ID ... [--drain] [--json]

Stops jobs: kills what runs and starts nothing more. With a driver that is gone, ends what it left running.

  --drain   starts nothing more, and lets what runs come to its end
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { drain: { type: "boolean" } } as const;
  const line = parseCommand({ help: HELP, options, words: [1, Infinity] }, args, io);
  if (line === undefined) return 0;
  const refusals: YonderError[] = [];
  for (const name of line.words) {
    // The others are cancelled all the same.
    const refusal = await refusalOf(() => cancel(name, line, io));
    if (refusal !== undefined) refusals.push(refusal);
  }
  const [first, ...others] = refusals;
  for (const { message, remedy } of others) io.note([message, remedy].filter(Boolean).join("\nyonder: "));
  if (first !== undefined) throw first;
  return 0;
}

const RESULT_WORDS: Readonly<Record<CancelResult, string>> = {
  draining: "draining",
  cancelled: "cancelled",
  "had ended": "hadEnded",
};

async function cancel(name: string, line: CommandLine, io: CommandIo): Promise<void> {
  const view = jobView(io, name);
  const result = await cancelJob(io.env, view, line.flag("drain"));
  if (line.flag("json")) io.write(`${JSON.stringify({ id: view.id, result: RESULT_WORDS[result] })}\n`);
  else io.note(`job ${view.id} ${result === "draining" ? "starts nothing more" : result}`);
}

async function refusalOf(act: () => Promise<void>): Promise<YonderError | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof YonderError) return error;
    throw error;
  }
}
