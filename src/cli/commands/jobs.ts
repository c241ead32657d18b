import { join } from "node:path";
import { isDamaged, type JobBrief, readBrief } from "../../journal/brief.ts";
import { listJobIds } from "../../journal/find-job.ts";
import { jobsDirectory } from "../../journal/places.ts";
import { choiceOf, numberOf, parseCommand } from "./command-line.ts";
import { clock, commandText, doneCount, duration, table } from "./format.ts";
import type { CommandIo } from "./io.ts";
import { jobJson } from "./json.ts";

const HELP = `usage: yonder jobs [--limit N | --all] [--state STATE] [--json]

Lists jobs, the newest first (20 unless told otherwise).

  --limit N      at most N
  --all          all that are kept (yonder gc removes old ones)
  --state STATE  only those that are: running succeeded failed cancelled interrupted damaged
  --json         one JSON object a line
`;
const OPTIONS = {
  limit: { type: "string", short: "n" },
  all: { type: "boolean", short: "a" },
  state: { type: "string" },
} as const;
const STATES = ["running", "succeeded", "failed", "cancelled", "interrupted", "damaged"] as const;
const LIMIT = 20;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [0, 0] }, args, io);
  if (line === undefined) return 0;
  const limit = line.flag("all") ? Infinity : (numberOf(line, "limit") ?? LIMIT);
  const state = choiceOf(line, "state", STATES);
  const briefs: ListedJob[] = [];
  for (const id of listJobIds(io.env)) {
    if (briefs.length >= limit) break;
    const brief = listed(id, join(jobsDirectory(io.env), id));
    if (brief !== undefined && (state ?? brief.state) === brief.state) briefs.push(brief);
  }
  if (line.flag("json")) for (const brief of briefs) io.write(`${JSON.stringify(listedJson(brief))}\n`);
  else if (briefs.length === 0) io.note("no jobs");
  else io.write(table([HEADS, ...briefs.map((brief) => row(brief, io.nowMs()))], io.columns));
  return 0;
}

const HEADS = ["JOB", "STATE", "DONE", "FAILED", "STARTED", "TIME", "COMMAND"] as const;

/** Of one that is damaged, nothing else is known. */
type ListedJob = JobBrief | { readonly id: string; readonly state: "damaged" };

function listed(id: string, directory: string): ListedJob | undefined {
  return readBrief(directory) ?? (isDamaged(directory) ? { id, state: "damaged" } : undefined);
}

function listedJson(job: ListedJob): Record<string, unknown> {
  return job.state === "damaged" ? job : jobJson(job);
}

function row(brief: ListedJob, nowMs: number): string[] {
  if (brief.state === "damaged") return [brief.id, brief.state, "", "", "", "", ""];
  const { counts, totalTasks, request } = brief;
  const done = doneCount(counts);
  return [
    brief.id,
    brief.state,
    totalTasks === undefined || totalTasks === done ? `${done}` : `${done}/${totalTasks}`,
    `${counts.failed + counts["timed-out"]}`,
    clock(request.startedMs),
    duration((brief.endedMs ?? nowMs) - request.startedMs),
    commandText(request.argv),
  ];
}
