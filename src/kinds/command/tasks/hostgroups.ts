import type { ByteString } from "../../../bytes/bytes.ts";
import type { Host } from "../../../options/values.ts";
import type { Task, TaskSource } from "./task.ts";

/**
 * --hostgroups: `value@group+group` asks for a host of one of the groups. The first value of a task counts, and groups
 * are taken off all. A task may run anywhere where it asks for nothing, or for groups that no host is in.
 *
 * @param hosts all of the job, by their numbers: the first is number 1. None: this machine alone
 */
/** A task is given out when somebody can do it: it must not wait for ever. */
export function whenReachable(
  source: TaskSource,
  reachable: (places: readonly number[]) => Promise<void>,
): TaskSource {
  const known = new Set<string>();
  return {
    ...source,
    async next(max) {
      const tasks = await source.next(max);
      for (const { places } of tasks) {
        if (places === undefined || known.has(places.join())) continue;
        known.add(places.join());
        await reachable(places);
      }
      return tasks;
    },
  };
}

export function withHostgroups(source: TaskSource, hosts: () => readonly Host[]): TaskSource {
  return {
    ...source,
    async next(max) {
      const now = hosts();
      return (await source.next(max)).map((task) => grouped(task, now));
    },
  };
}

const GROUPS = /@(.+)$/s;

function grouped(task: Task, hosts: readonly Host[]): Task {
  const asked = GROUPS.exec(task.rows[0]?.[0] ?? "")?.[1]?.split("+") ?? groupsOf(hosts);
  const places = hosts.flatMap(({ groups }, index) =>
    groups.some((group) => asked.includes(group)) ? [index + 1] : [],
  );
  const isChoice = places.length > 0 && places.length < hosts.length;
  return {
    ...task,
    rows: task.rows.map((row) => row.map((value) => value.replace(GROUPS, ""))),
    env: [...(task.env ?? []), ["PARALLEL_ARGHOSTGROUPS", asked.join("+")]],
    ...(isChoice && { places }),
  };
}

/** What jobs on a host find in their environment with --hostgroups. */
export function hostgroupsVariable(
  host: Host | undefined,
  hosts: readonly Host[],
): readonly [string, ByteString] {
  const { groups } = host ?? hosts.find(({ login }) => login === ":") ?? { groups: [":"] };
  return ["PARALLEL_HOSTGROUPS", groups.join("+")];
}

function groupsOf(hosts: readonly Host[]): ByteString[] {
  return hosts.length === 0 ? [":"] : [...new Set(hosts.flatMap(({ groups }) => groups))];
}
