import type { Host } from "../../../options/values.ts";

export interface Roster {
  stop(): void;
}

export interface RosterEvents {
  onJoined(host: Host): void;
  onLeft(host: Host): void;
}

const INTERVAL_MS = 1000;

/**
 * Reads again and again who the hosts of a job are (--sshloginfile). A file that cannot be read changes nothing, nor does
 * one that names nobody: it may be in the middle of being written.
 */
export function watchRoster(
  first: readonly Host[],
  read: () => readonly Host[],
  events: RosterEvents,
): Roster {
  let known = first;
  const look = (): void => {
    let now: readonly Host[];
    try {
      now = read();
    } catch {
      return;
    }
    if (now.length === 0) return;
    const [before, after] = [loginsOf(known), loginsOf(now)];
    for (const host of now) if (!before.has(host.login)) events.onJoined(host);
    for (const host of known) if (!after.has(host.login)) events.onLeft(host);
    known = now;
  };
  const timer = setInterval(look, INTERVAL_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

function loginsOf(hosts: readonly Host[]): ReadonlySet<string> {
  return new Set(hosts.map(({ login }) => login));
}
