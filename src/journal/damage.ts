import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { YonderError } from "../interface/errors.ts";
import { readJob } from "./job-view.ts";
import { JOB_FILES } from "./places.ts";

/** What a person is told of a journal with lines that are not what was written there. */
export function damageText(directory: string, lines: readonly number[]): string {
  const shown = lines.slice(0, LINES_MAX).join(", ");
  const more = lines.length > LINES_MAX ? ` and ${lines.length - LINES_MAX} more` : "";
  const journal = join(directory, JOB_FILES.journal);
  return lines.length === 1
    ? `line ${shown} of ${journal} is damaged`
    : `lines ${shown}${more} of ${journal} are damaged`;
}

const LINES_MAX = 5;

export function damagedJournal(directory: string, lines: readonly number[]): YonderError {
  return new YonderError("JOURNAL", {
    message: `${damageText(directory, lines)}: how some tasks ended is not known`,
    remedy: `yonder resume --damaged ${basename(directory)} runs what has no known outcome, also where it has run before`,
  });
}

/** Why a directory cannot be read as a job. */
export function faultOf(directory: string): YonderError {
  try {
    readJob(directory);
    return damagedRequest(directory);
  } catch (error) {
    if (error instanceof YonderError) return error;
    return new YonderError("JOURNAL", {
      message: `${directory} cannot be read: ${(error as Error).message}`,
    });
  }
}

/** Of a directory in which there is no request that can be read. */
export function damagedRequest(directory: string): YonderError {
  const request = join(directory, JOB_FILES.request);
  return new YonderError("JOURNAL", {
    message: `${request} is ${existsSync(request) ? "damaged" : "not there"}: what was to be done is not known`,
    remedy: `run the command again. What its tasks printed: yonder logs ${basename(directory)}; yonder gc removes the job in time`,
    exitCode: 1,
  });
}
