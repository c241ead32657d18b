import { type Dirent, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBrief } from "./brief.ts";
import { liveClaims } from "./claims.ts";
import { listJobIds } from "./find-job.ts";
import { jobsDirectory, stateDirectory } from "./places.ts";

export interface GcLimits {
  readonly nowMs: number;
  readonly days?: number | undefined;
  readonly keep?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly isDry?: boolean;
}

export interface RemovedJob {
  readonly id: string;
  readonly bytes: number;
  readonly reason: string;
}

const DAY_MS = 86_400_000;
const DAYS = 30;
const KEEP = 1000;

/** Removes what is beyond the limits, the oldest first; a job that lives, or may still be resumed, is never touched. */
export function collectGarbage(env: NodeJS.ProcessEnv, limits: GcLimits): RemovedJob[] {
  const { nowMs, days = DAYS, keep = KEEP, maxBytes = Infinity, isDry = false } = limits;
  const removed: RemovedJob[] = [];
  let keptBytes = 0;
  for (const [index, id] of listJobIds(env).entries()) {
    const directory = join(jobsDirectory(env), id);
    const bytes = sizeOf(directory);
    const reason = reasonToRemove(directory, { nowMs, days, beyondKeep: index >= keep, keep });
    const isTooMuch = keptBytes + bytes > maxBytes && reason !== "in use";
    if (reason === "in use" || (reason === undefined && !isTooMuch)) keptBytes += bytes;
    else {
      removed.push({ id, bytes, reason: reason ?? "over the size" });
      if (!isDry) rmSync(directory, { recursive: true, force: true });
    }
  }
  return removed.reverse();
}

function reasonToRemove(
  directory: string,
  limits: { nowMs: number; days: number; keep: number; beyondKeep: boolean },
): string | undefined {
  if (liveClaims(directory, "driver").length > 0) return "in use";
  const brief = readBrief(directory);
  const lastMs = brief?.endedMs ?? statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? limits.nowMs;
  const ageDays = (limits.nowMs - lastMs) / DAY_MS;
  if (ageDays >= limits.days) return `older than ${limits.days} days`;
  // Not yet given up: it can be resumed, or is being made in this moment.
  if (brief === undefined || brief.state === "interrupted") return "in use";
  return limits.beyondKeep ? `beyond the newest ${limits.keep}` : undefined;
}

function sizeOf(directory: string): number {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch {
    return 0;
  }
  return entries.reduce((sum, entry) => {
    const path = join(directory, entry.name);
    return (
      sum + (entry.isDirectory() ? sizeOf(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0))
    );
  }, 0);
}

/** Removed in one go at the start of a job: that must not be felt. */
const AUTOMATIC_MAX = 200;

/**
 * At most once a day, and on one start of a hundred where jobs come so fast that a day makes too many. Costs one stat
 * on all other starts. Call it where nobody waits: while tasks run, or at the end.
 *
 * @param random 0 to 1
 */
export function collectGarbageSometimes(env: NodeJS.ProcessEnv, nowMs: number, random: number): void {
  try {
    const stamp = join(stateDirectory(env), "gc.stamp");
    const lastMs = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs;
    if (lastMs === undefined) writeFileSync(stamp, "", { mode: 0o600 });
    const isDue = lastMs !== undefined && nowMs - lastMs > DAY_MS;
    if (!isDue && random >= 0.01) return;
    utimesSync(stamp, nowMs / 1000, nowMs / 1000);
    const ids = listJobIds(env);
    for (const id of ids.slice(KEEP).reverse().slice(0, AUTOMATIC_MAX)) removeEnded(env, id, nowMs);
    if (isDue) for (const id of ids.slice(-AUTOMATIC_MAX)) removeEnded(env, id, nowMs, DAYS);
  } catch {
    // Housekeeping never disturbs a job.
  }
}

function removeEnded(env: NodeJS.ProcessEnv, id: string, nowMs: number, days = 0): void {
  const directory = join(jobsDirectory(env), id);
  const reason = reasonToRemove(directory, { nowMs, days: days || DAYS, keep: KEEP, beyondKeep: days === 0 });
  if (reason !== undefined && reason !== "in use") rmSync(directory, { recursive: true, force: true });
}
