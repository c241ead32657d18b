import type { ByteString } from "../bytes/bytes.ts";
import { openInput } from "../input/input.ts";
import type { InputOptions } from "../input/options.ts";
import type { CommandLine } from "../options/parse.ts";
import { packer } from "../template/pack.ts";
import { compileTemplates, type Templates } from "./command.ts";
import { doneBefore } from "./done-before.ts";
import { withHostgroups } from "./hostgroups.ts";
import { everywhere } from "./hosts/everywhere.ts";
import { failedTasks } from "./retry.ts";
import { rowTasks } from "./source.ts";
import type { StandardInput } from "./standard-input.ts";
import type { Task, TaskSource } from "./task.ts";

/** What a job runs, and on what. */
export interface JobTasks {
  readonly source: TaskSource;
  readonly templates: Templates;
  readonly names: readonly ByteString[];
  readonly isDone: (task: Task) => boolean;
  /** So many tasks share one input and must run at the same time, whatever --jobs says. */
  readonly allAtOnce?: number;
}

export interface TasksContext {
  readonly line: CommandLine;
  readonly slots: () => number;
  readonly stdin: StandardInput;
  /** A line for the person, without the program's name. */
  readonly say: (text: ByteString) => void;
}

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

/** Tasks from input sources. */
export async function argumentTasks(context: TasksContext): Promise<JobTasks> {
  const { line } = context;
  const { options } = line;
  const reader = openInput(inputOptions(context));
  const names = await reader.names();
  const templates = compileTemplates(line.command, options, names);
  const source = rowTasks(
    reader,
    packer(templates.command, {
      ...options,
      distribute: options.contextReplace || options.multipleArgs,
      fill: options.xargs,
      slots: context.slots,
    }),
  );
  return {
    source: options.onall
      ? everywhere(source, options.hosts.length || 1)
      : options.hostgroups
        ? withHostgroups(source, () => options.hosts)
        : source,
    templates,
    names,
    isDone: doneBefore(options, names),
  };
}

function inputOptions({ line, stdin, say }: TasksContext): InputOptions {
  const { options } = line;
  const { header, maxLines = 0 } = options;
  return {
    ...options,
    sources: line.sources,
    continued: maxLines > 0,
    header: header?.type === "paths" ? "paths" : header === undefined ? undefined : "names",
    shuf: options.shuf ? {} : undefined,
    stdin: stdin.stream,
    warn: (text) => {
      for (const part of text.split("\n")) say(`Warning: ${part}`);
    },
    tmpdir: options.tmpdir,
  };
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
