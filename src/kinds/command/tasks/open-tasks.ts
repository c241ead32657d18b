import { everywhere } from "../hosts/everywhere.ts";
import { compileTemplates } from "../text/templates.ts";
import { argumentTasks } from "./argument-tasks.ts";
import { failedTasks } from "./failed-tasks.ts";
import type { JobTasks, TasksContext } from "./job-tasks.ts";
import type { TaskSource } from "./task.ts";

/** The tasks of a command line, whichever way it gives them. */
export async function openTasks(context: TasksContext): Promise<JobTasks> {
  const { line } = context;
  const { options } = line;
  if (options.retryFailed && line.command.length === 0) {
    const { source, isDone } = failedTasks(options);
    return { source, isDone, names: [], templates: compileTemplates([], options, []) };
  }
  if (options.pipe || options.pipePart) {
    const { openPipeTasks } = await import("./pipe-tasks.ts");
    return openPipeTasks(context);
  }
  if (options.nonall || options.semaphore) {
    return {
      source: options.nonall ? everywhere(oneTask(), options.hosts.length || 1) : oneTask(),
      isDone: () => false,
      names: [],
      templates: compileTemplates(line.command, options, [], false),
    };
  }
  return argumentTasks(context);
}

/** --nonall, and a semaphore: the command once, without arguments. */
function oneTask(): TaskSource {
  let given = false;
  return {
    async next() {
      if (given) return [];
      given = true;
      return [{ seq: 1, rows: [] }];
    },
    total: async () => 1,
    close() {},
  };
}
