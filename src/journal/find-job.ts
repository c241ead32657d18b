import { readdirSync } from "node:fs";
import { join } from "node:path";
import { YonderError } from "../interface/errors.ts";
import { isJobId } from "./job-id.ts";
import { jobsDirectory } from "./places.ts";

/** Ids of all jobs, the newest first. */
export function listJobIds(env: NodeJS.ProcessEnv): string[] {
  let names: string[];
  try {
    names = readdirSync(jobsDirectory(env));
  } catch {
    return [];
  }
  return names.filter(isJobId).sort().reverse();
}

/**
 * The directory of the job that a person means: an id, its beginning or its end, where only one job has it; `@` or `last`
 * for the newest, `@2` for the one before it. (The beginning is time, so the end is what tells neighbours apart.)
 *
 * @throws YonderError JOURNAL, with exit code 1 and the nearest ids
 */
export function findJob(env: NodeJS.ProcessEnv, name: string): string {
  const ids = listJobIds(env);
  const matches = matching(ids, name);
  if (matches.length === 1) return join(jobsDirectory(env), matches[0]!);
  if (matches.length > 1) {
    throw new YonderError("JOURNAL", {
      message: `${matches.length} jobs match "${name}": ${matches.slice(0, 5).join(" ")}`,
      remedy: "give more of the id",
      exitCode: 1,
    });
  }
  throw new YonderError("JOURNAL", {
    message: `there is no job "${name}"`,
    remedy: ids.length === 0 ? "there are no jobs yet" : `near it: ${nearest(ids, name).join(" ")}`,
    exitCode: 1,
  });
}

function matching(ids: readonly string[], name: string): string[] {
  const back = /^(?:@|last)(\d*)$/.exec(name);
  if (back) return ids.slice(Number(back[1] || 1) - 1).slice(0, 1);
  const wanted = name.toLowerCase();
  if (wanted === "") return [];
  const exact = ids.filter((id) => id === wanted);
  return exact.length > 0 ? exact : ids.filter((id) => id.startsWith(wanted) || id.endsWith(wanted));
}

/** Ids that share most with the name at either end; among equals the newest. */
function nearest(ids: readonly string[], name: string): string[] {
  const shared = (id: string): number => {
    let head = 0;
    while (head < id.length && id[head] === name[head]) head++;
    let tail = 0;
    while (tail < id.length && id.at(-1 - tail) === name.at(-1 - tail)) tail++;
    return Math.max(head, tail);
  };
  return ids
    .map((id) => ({ id, shared: shared(id) }))
    .sort((one, other) => other.shared - one.shared)
    .slice(0, 3)
    .map(({ id }) => id);
}
