import { type CancelResult, cancelJob } from "../../journal/cancel.ts";
import { parseCommand } from "./command-line.ts";
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
  for (const view of line.words.map((name) => jobView(io, name))) {
    const result = await cancelJob(io.env, view, line.flag("drain"));
    if (line.flag("json")) io.write(`${JSON.stringify({ id: view.id, result: RESULT_WORDS[result] })}\n`);
    else io.note(`job ${view.id} ${result === "draining" ? "starts nothing more" : result}`);
  }
  return 0;
}

const RESULT_WORDS: Readonly<Record<CancelResult, string>> = {
  draining: "draining",
  cancelled: "cancelled",
  "had ended": "hadEnded",
};
