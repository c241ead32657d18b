import type { ByteString } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { Options } from "../../../options/options.ts";
import { readJoblog } from "../../../output/resume.ts";
import type { Task, TaskSource } from "./task.ts";

/**
 * --retry-failed: the commands that failed, from the joblog, under the numbers that they had. Each task's only value is
 * its command; the numbers between are tasks that are done.
 */
export function failedTasks(options: Options): { source: TaskSource; isDone: (task: Task) => boolean } {
  if (options.joblog === undefined) {
    throw new YonderError("USAGE", { message: "--retry-failed requires --joblog." });
  }
  const { failed } = readJoblog(options.joblog.path, options.ok);
  const commands = new Map<number, ByteString>(failed.map(({ seq, command }) => [seq, command]));
  const last = failed.at(-1)?.seq ?? 0;
  let given = 0;
  return {
    isDone: ({ seq }) => !commands.has(seq),
    source: {
      async next(max) {
        const count = Math.min(max, last - given);
        given += count;
        return Array.from({ length: count }, (_, index) => {
          const seq = given - count + index + 1;
          return { seq, rows: [[commands.get(seq) ?? ""]] };
        });
      },
      total: async () => last,
      close() {},
    },
  };
}
