import { YonderError } from "../../interface/errors.ts";

/** @throws YonderError USAGE */
export function taskNumber(word: string): number {
  if (/^[1-9]\d*$/.test(word)) return Number(word);
  throw new YonderError("USAGE", {
    message: `"${word}" is not the number of a task`,
    remedy: "tasks are counted from 1, in the order of the input: what {#} gives",
    exitCode: 2,
  });
}

/**
 * @param totalTasks of the job; undefined while nobody knows
 * @throws YonderError JOURNAL where the job has no such task, and will have none
 */
export function checkTask(task: number, id: string, totalTasks: number | undefined): void {
  if (totalTasks === undefined || task <= totalTasks) return;
  throw new YonderError("JOURNAL", {
    message: `job ${id} has no task ${task}: it has ${totalTasks}`,
    remedy: "tasks are counted from 1, in the order of the input: what {#} gives",
    exitCode: 1,
  });
}
