import { existsSync } from "node:fs";
import { collectGarbage, type RemovedJob } from "../../journal/gc.ts";
import { fsStore } from "../../store/fs/fs-store.ts";
import type { GcResult } from "../../store/fs/gc.ts";
import { placesOf, storeDirectory } from "../../store/fs/places.ts";
import { type CommandLine, choiceOf, numberOf, parseCommand, sizeOf } from "./command-line.ts";
import { size, table } from "./format.ts";
import type { CommandIo } from "./io.ts";

const HELP = `usage: yonder gc [--days N] [--keep N] [--max-size SIZE] [--grace DAYS] [--only jobs|store] [--dry-run] [--json]

Removes the journals of jobs that ended long ago, never of one that runs, or that was interrupted lately; and from the
store what no pin, name or running job refers to and nobody has put or used for a while.

  --days N         journals older than N days (30)
  --keep N         journals beyond the newest N (1000)
  --max-size SIZE  the oldest journals, until all together take no more than SIZE (such as 5G)
  --grace DAYS     of the store only what was not put or used for so many days (14)
  --only WHAT      only the journals (jobs), or only the store
  --dry-run        only says what it would remove
`;
const OPTIONS = {
  grace: { type: "string" },
  only: { type: "string" },
  days: { type: "string" },
  keep: { type: "string" },
  "max-size": { type: "string" },
  "dry-run": { type: "boolean" },
} as const;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [0, 0] }, args, io);
  if (line === undefined) return 0;
  const isDry = line.flag("dry-run");
  const only = choiceOf(line, "only", ["jobs", "store"]);
  const removed = only === "store" ? [] : collectJobs(line, io, isDry);
  const bytes = removed.reduce((sum, job) => sum + job.bytes, 0);
  const stored = only === "jobs" ? undefined : await collectStore(line, io, isDry);
  if (line.flag("json")) {
    io.write(`${JSON.stringify({ dryRun: isDry, jobs: removed.map(jobJson), store: stored })}\n`);
    return 0;
  }
  if (removed.length > 0) {
    const rows = removed.map((job) => [job.id, size(job.bytes), job.reason]);
    io.write(table([["JOB", "SIZE", "WHY"], ...rows], io.columns));
  }
  const freed = isDry ? "would free" : "freed";
  if (only !== "store") io.note(`${freed} ${size(bytes)} of ${removed.length} jobs`);
  if (stored) io.note(`${freed} ${size(stored.freedBytes)} of ${stored.blocks} blocks in the store`);
  return 0;
}

function collectJobs(line: CommandLine, io: CommandIo, isDry: boolean): RemovedJob[] {
  return collectGarbage(io.env, {
    nowMs: io.nowMs(),
    days: numberOf(line, "days"),
    keep: numberOf(line, "keep"),
    maxBytes: sizeOf(line, "max-size"),
    isDry,
  });
}

/** Undefined where there is no store. */
async function collectStore(line: CommandLine, io: CommandIo, isDry: boolean): Promise<GcResult | undefined> {
  const directory = storeDirectory(io.env);
  if (!existsSync(placesOf(directory).index)) return undefined;
  await using store = fsStore(directory);
  const days = numberOf(line, "grace");
  return await store.collectGarbage({
    nowMs: io.nowMs(),
    isDry,
    ...(days !== undefined && { graceMs: days * DAY_MS }),
  });
}

const DAY_MS = 86_400_000;

function jobJson({ bytes, ...job }: RemovedJob): Record<string, unknown> {
  return { ...job, freedBytes: bytes };
}
