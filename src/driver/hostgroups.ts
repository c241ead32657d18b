import type { ByteString } from "../bytes/bytes.ts";
import type { Host } from "../options/values.ts";
import type { Task, TaskSource } from "./task.ts";

/**
 * --hostgroups: `value@group` asks for a host of the group. All hosts are this machine, so the groups end here: they
 * are taken off the values, and jobs are told which were meant.
 */
export function withHostgroups(source: TaskSource, hosts: readonly Host[]): TaskSource {
  const all = unique([":", ...hosts.flatMap(({ groups }) => groups)]);
  return {
    ...source,
    next: async (max) => (await source.next(max)).map((task) => grouped(task, all)),
  };
}

function grouped(task: Task, all: readonly ByteString[]): Task {
  const asked = task.rows.flat().flatMap((value) => /@([^@]*)$/.exec(value)?.[1]?.split("+") ?? []);
  const groups = asked.length > 0 ? unique(asked) : all;
  return {
    ...task,
    rows: task.rows.map((row) => row.map((value) => value.replace(/@[^@]*$/, ""))),
    env: [
      ["PARALLEL_HOSTGROUPS", all.join("+")],
      ["PARALLEL_ARGHOSTGROUPS", groups.join("+")],
    ],
  };
}

function unique(names: readonly ByteString[]): ByteString[] {
  return [...new Set(names)];
}
