import { setTimeout as sleep } from "node:timers/promises";
import { type JobBrief, readBrief } from "../../journal/brief.ts";
import { liveClaims } from "../../journal/claims.ts";
import { faultOf } from "../../journal/damage.ts";
import { findJob } from "../../journal/find-job.ts";
import { numberOf, parseCommand } from "./command-line.ts";
import { countsText } from "./format.ts";
import type { CommandIo } from "./io.ts";
import { jobJson } from "./json.ts";

const HELP = `usage: yonder wait [ID ...] [--timeout SECONDS] [--json]

Waits until the jobs (the newest, if none is named) have ended. The exit status is that of the last job named, as if it
had run here; 124 when the timeout came first; 255 for a job that was interrupted (yonder resume ID).
`;
const POLL_MS = 50;
const TIMED_OUT = 124;
const INTERRUPTED = 255;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { timeout: { type: "string" } } as const;
  const line = parseCommand({ help: HELP, options, words: [0, Infinity] }, args, io);
  if (line === undefined) return 0;
  const names = line.words.length === 0 ? ["@"] : line.words;
  const directories = names.map((name) => findJob(io.env, name));
  const untilMs = io.nowMs() + (numberOf(line, "timeout") ?? Infinity) * 1000;
  let exitCode = 0;
  for (const directory of directories) {
    while (liveClaims(directory, "driver").length > 0) {
      if (io.nowMs() >= untilMs) return TIMED_OUT;
      await sleep(POLL_MS);
    }
    const brief = readBrief(directory);
    if (brief === undefined) {
      // The other jobs are waited for all the same.
      const { message, remedy } = faultOf(directory);
      io.note([message, remedy].filter(Boolean).join("\nyonder: "));
      exitCode = INTERRUPTED;
      continue;
    }
    if (line.flag("json")) io.write(`${JSON.stringify(jobJson(brief))}\n`);
    else if (brief.state !== "succeeded") io.note(endText(brief));
    exitCode = brief.state === "interrupted" ? INTERRUPTED : (brief.exitCode ?? 0);
  }
  return exitCode;
}

function endText({ id, state, counts }: JobBrief): string {
  const next = state === "interrupted" ? `yonder resume ${id}` : `yonder show ${id}`;
  return `job ${id} ${state === "interrupted" ? "was interrupted" : state}: ${countsText(counts)} (${next})`;
}
