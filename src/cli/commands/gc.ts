import { collectGarbage } from "../../journal/gc.ts";
import { numberOf, parseCommand, sizeOf } from "./command-line.ts";
import { size, table } from "./format.ts";
import type { CommandIo } from "./io.ts";

const HELP = `usage: yonder gc [--days N] [--keep N] [--max-size SIZE] [--dry-run] [--json]

Removes the journals of jobs that ended long ago. Never of one that runs, or that was interrupted lately.

  --days N         older than N days (30)
  --keep N         beyond the newest N (1000)
  --max-size SIZE  the oldest, until all together take no more than SIZE (such as 5G)
  --dry-run        only says what it would remove
`;
const OPTIONS = {
  days: { type: "string" },
  keep: { type: "string" },
  "max-size": { type: "string" },
  "dry-run": { type: "boolean" },
} as const;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [0, 0] }, args, io);
  if (line === undefined) return 0;
  const isDry = line.flag("dry-run");
  const removed = collectGarbage(io.env, {
    nowMs: io.nowMs(),
    days: numberOf(line, "days"),
    keep: numberOf(line, "keep"),
    maxBytes: sizeOf(line, "max-size"),
    isDry,
  });
  const bytes = removed.reduce((sum, job) => sum + job.bytes, 0);
  if (line.flag("json")) {
    io.write(`${JSON.stringify({ dryRun: isDry, bytes, jobs: removed })}\n`);
    return 0;
  }
  if (removed.length > 0) {
    const rows = removed.map((job) => [job.id, size(job.bytes), job.reason]);
    io.write(table([["JOB", "SIZE", "WHY"], ...rows], io.columns));
  }
  io.note(`${isDry ? "would free" : "freed"} ${size(bytes)} of ${removed.length} jobs`);
  return 0;
}
