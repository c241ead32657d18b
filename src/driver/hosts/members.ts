import { decodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { HostProgress } from "../../output/progress/state.ts";
import type { Place } from "./place.ts";
import { type Tally, tallyText } from "./tally.ts";

/** A host of the job, and what it has done. */
export interface Member {
  readonly place: Place;
  readonly tally: Tally;
}

export type Members = readonly Member[];

export function nameOf({ place }: Member): string {
  return place.host.login === ":" ? "local" : decodeText(place.host.login);
}

export function hostsProgress(members: Members): HostProgress[] {
  return members.map((member) => ({
    name: nameOf(member),
    cpus: member.place.cpus(),
    slots: member.place.slots(),
    running: member.tally.running,
    done: member.tally.ended,
    totalMs: member.tally.totalMs,
  }));
}

/**
 * How many hosts have had a job that failed, or that could not be run.
 *
 * @param before logins of those that had one in a run before
 */
export function failedHosts(members: Members, before: ReadonlySet<string>): number {
  return members.filter(({ place, tally }) => {
    return tally.failed + tally.lost > 0 || before.has(decodeText(place.host.login));
  }).length;
}

/** Some host could not be reached, or was lost. */
export function hadTrouble(members: Members): boolean {
  return members.some(({ tally }) => tally.reason !== undefined);
}

/** What each host has done, a line each. */
export function hostsReport(members: Members): string {
  return members
    .map((member) => `${tallyText(nameOf(member), member.tally, member.place.state === "up")}\n`)
    .join("");
}

/** Why nothing starts, where no host has a slot to give. */
export function blockedReason(members: Members): string | undefined {
  if (members.some(({ place }) => place.slots() > 0)) return undefined;
  return members
    .map((member) => `${nameOf(member)}: ${member.place.reason() ?? member.place.state}`)
    .join("; ");
}

/**
 * Resolves when it is known of every host whether it answers.
 * @throws YonderError HOST where none does
 */
export async function contactAll(members: Members): Promise<void> {
  await Promise.all(members.map(({ place }) => place.contacted));
  if (members.some(isThere)) return;
  const isChoice = members.some(({ place }) => place.state === "left");
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
export async function contactGroup(members: Members): Promise<void> {
  await Promise.all(members.map(({ place }) => place.contacted));
  if (members.some(isThere)) return;
  throw new YonderError("HOST", {
    message: `none of the hosts of a task's group can be reached: ${members.map(nameOf).join(", ")}`,
    remedy: "yonder resume goes on with what is left when they are there",
  });
}

function isThere({ place }: Member): boolean {
  return place.state === "up" || place.state === "lost";
}
