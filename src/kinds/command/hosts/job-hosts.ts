import { decodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { HostProgress } from "../../../output/progress/state.ts";
import type { Place } from "./place.ts";
import { type Tally, tallyText } from "./tally.ts";

/** A host of the job, and what it has done. */
export interface JobHost {
  readonly place: Place;
  readonly tally: Tally;
}

export type JobHosts = readonly JobHost[];

export function nameOf({ place }: JobHost): string {
  return place.host.login === ":" ? "local" : decodeText(place.host.login);
}

export function hostsProgress(hosts: JobHosts): HostProgress[] {
  return hosts.map((host) => ({
    name: nameOf(host),
    cpus: host.place.cpus(),
    slots: host.place.slots(),
    running: host.tally.running,
    done: host.tally.ended,
    totalMs: host.tally.totalMs,
  }));
}

/**
 * How many hosts have had a job that failed, or that could not be run.
 *
 * @param before logins of those that had one in a run before
 */
export function failedHosts(hosts: JobHosts, before: ReadonlySet<string>): number {
  return hosts.filter(({ place, tally }) => {
    return tally.failed + tally.lost > 0 || before.has(decodeText(place.host.login));
  }).length;
}

/** Some host could not be reached, or was lost. */
export function hadTrouble(hosts: JobHosts): boolean {
  return hosts.some(({ tally }) => tally.reason !== undefined);
}

/** What each host has done, a line each. */
export function hostsReport(hosts: JobHosts): string {
  return hosts.map((host) => `${tallyText(nameOf(host), host.tally, host.place.state === "up")}\n`).join("");
}

/** Why nothing starts, where no host has a slot to give. */
export function blockedReason(hosts: JobHosts): string | undefined {
  if (hosts.some(({ place }) => place.slots() > 0)) return undefined;
  return hosts.map((host) => `${nameOf(host)}: ${host.place.reason() ?? host.place.state}`).join("; ");
}

/**
 * Resolves when it is known of every host whether it answers.
 * @throws YonderError HOST where none does
 */
export async function contactAll(hosts: JobHosts): Promise<void> {
  await Promise.all(hosts.map(({ place }) => place.contacted));
  if (hosts.some(isThere)) return;
  const isChoice = hosts.some(({ place }) => place.state === "left");
  throw isChoice
    ? new YonderError("HOST", {
        message: "--where leaves no host",
        remedy: "yonder doctor -S … --json shows what is known of each of them",
      })
    : new YonderError("HOST", {
        message: "none of the hosts can be reached",
        remedy: "yonder doctor -S … looks at each of them",
      });
}

/**
 * Resolves when somebody can do the tasks of a group.
 * @throws YonderError HOST where none of its hosts answers
 */
export async function contactGroup(hosts: JobHosts): Promise<void> {
  await Promise.all(hosts.map(({ place }) => place.contacted));
  if (hosts.some(isThere)) return;
  throw new YonderError("HOST", {
    message: `none of the hosts of a task's group can be reached: ${hosts.map(nameOf).join(", ")}`,
    remedy: "yonder resume goes on with what is left when they are there",
  });
}

function isThere({ place }: JobHost): boolean {
  return place.state === "up" || place.state === "lost";
}
