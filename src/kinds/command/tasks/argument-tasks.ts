import { openInput } from "../../../input/input.ts";
import type { InputOptions } from "../../../input/options.ts";
import { packer } from "../../../template/pack.ts";
import { everywhere } from "../hosts/everywhere.ts";
import { compileTemplates } from "../text/templates.ts";
import { doneBefore } from "./done-before.ts";
import { withHostgroups } from "./hostgroups.ts";
import type { JobTasks, TasksContext } from "./job-tasks.ts";
import { rowTasks } from "./row-tasks.ts";

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
