import { type ByteString, decodeText, encodeText } from "../../../bytes/bytes.ts";
import type { Shortage } from "../../../child/start-error.ts";
import { cpuCount, slotsFor } from "../../../driver/gates/capacity.ts";
import { startChecksOf } from "../../../driver/gates/start-checks.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { AttemptEnd, AttemptSpec, Launcher, LauncherEvents } from "../../../interface/launcher.ts";
import { CONTACT_GROUPS } from "../../../launch/ssh/facts/facts.ts";
import { factsOfHere } from "../../../launch/ssh/facts/facts-of-here.ts";
import { socketDirectory } from "../../../launch/ssh/socket-directory.ts";
import { areHostsInFiles } from "../../../options/hosts.ts";
import type { Options } from "../../../options/options.ts";
import type { Host } from "../../../options/values.ts";
import { contactAll, type JobHost, type JobHosts } from "./job-hosts.ts";
import { type Layout, slotBook } from "./layout.ts";
import { localPlace } from "./local-place.ts";
import type { Place } from "./place.ts";
import { isChosen, type ReachParts, reachHost } from "./reached-host.ts";
import { carriedEnvironment, type RemoteSource, remoteSource } from "./remote-source.ts";
import { watchRoster } from "./roster.ts";
import { type PlaceEvents, sshPlace } from "./ssh-place.ts";
import { countEnd, newTally } from "./tally.ts";
import { watchHost } from "./watch.ts";

export interface FleetOptions extends Pick<LauncherEvents, "onEnd" | "onReturn"> {
  readonly options: Options;
  readonly env: NodeJS.ProcessEnv;
  /** The shell of jobs on this machine. */
  readonly shell: string;
  /** Makes what runs tasks on this machine, where it is among the hosts. */
  local(events: Pick<LauncherEvents, "onEnd" | "onReturn">): Launcher;
  slotEnv(slot: number, host: Host): readonly (readonly [name: string, value: ByteString])[];
  /** A slot had too little of something here to run what it was given: it is about to give it back. */
  onShortage(slot: number, shortage: Shortage): void;
  /** The slots of the job are others now. */
  onChange(): void;
  /** Who the hosts are, read again; only asked where a file names them. */
  readonly hostsNow: () => readonly Host[];
  /** No host has been there for long: the job had better end. */
  onDeserted(error: YonderError): void;
  /** A line for the person, without the program's name. */
  say(text: ByteString): void;
}

/** The hosts of a job, as one launcher. */
export interface Fleet {
  readonly launcher: Launcher;
  readonly hosts: JobHosts;
  layout(): Layout;
  /** All of so many tasks must run at the same time, whatever --jobs says. */
  makeRoomFor(tasks: number): void;
  /** The host of a slot; undefined for this machine. */
  hostOf(slot: number): Host | undefined;
  /** Makes what the shell of a host gets. */
  readonly source: RemoteSource;
  /**
   * Resolves when it is known of every host whether it answers.
   * @throws YonderError HOST where none does
   */
  readonly contacted: Promise<void>;
}

/** Contacts all hosts side by side. Those that do not answer are named, and the job goes on with the rest. */
export function openFleet(fleet: FleetOptions): Fleet {
  const { options, say } = fleet;
  if (options.workdir === "..." && options.basefile.some((file) => !file.startsWith("/"))) {
    throw new YonderError("USAGE", {
      message: "Work dir '...' will not work with relative basefiles.",
      remedy: "name the basefile by its absolute path, or give another --workdir",
    });
  }
  const sockets = socketDirectory();
  const book = slotBook();
  const carried = carriedEnvironment(options.env, fleet.env);
  const hostOfAttempt = new Map<number, JobHost>();
  const local = fleet.local({ onEnd: ended, onReturn: returned });
  /** Every host has tasks of its own, which no other can do. */
  const isEverywhere = options.onall || options.nonall;
  let layout: Layout | undefined;
  let slotsMin = 0;
  let deserted: NodeJS.Timeout | undefined;

  function changed(): void {
    layout = undefined;
    watchDesertion();
    fleet.onChange();
  }

  function watchDesertion(): void {
    clearTimeout(deserted);
    const states = hosts.map(({ place }) => place.state);
    if (!states.includes("lost") || states.includes("up") || states.includes("connecting")) return;
    const waitMs = DESERTED_TIMEOUTS * options.hostTimeoutMs;
    deserted = setTimeout(() => {
      const message = `all hosts are lost, and none has come back within ${waitMs / 1000} s`;
      fleet.onDeserted(
        new YonderError("HOST", { message, remedy: "yonder resume goes on where it stopped" }),
      );
    }, waitMs);
    deserted.unref();
  }

  function warn(text: string): void {
    say(encodeText(`Warning: ${text}`));
  }

  const events: PlaceEvents = {
    onChange: changed,
    onUnreachable({ number }, error) {
      hosts[number - 1]!.tally.reason = error.message;
      warn(error.message);
      if (error instanceof YonderError && error.remedy !== undefined) say(encodeText(error.remedy));
    },
    onLost({ host, number }, reason) {
      const { tally } = hosts[number - 1]!;
      tally.losses++;
      tally.reason = reason;
      warn(`${decodeText(host.login)} is lost: ${reason}`);
    },
    onBack: ({ host }) => warn(`${decodeText(host.login)} is back`),
  };

  const hosts: JobHost[] = [];
  for (const host of options.hosts) join(host);
  // With --onall it is settled from the start who does what.
  const roster =
    !areHostsInFiles(options.hostRequest) || isEverywhere
      ? undefined
      : watchRoster(fleet.hostsNow(), fleet.hostsNow, {
          onJoined(host) {
            join(host);
            changed();
          },
          onLeft({ login }) {
            for (const { place } of hosts) if (place.host.login === login) place.leave();
          },
        });

  function join(host: Host): void {
    const number = hosts.length + 1;
    hosts.push({ tally: newTally(), place: host.login === ":" ? here(number, host) : there(number, host) });
  }

  function here(number: number, host: Host): Place {
    const cpus = host.cpus ?? cpuCount(options.cpuUnit);
    const chosen = options.where === undefined ? Promise.resolve(true) : isHereChosen(host);
    const watch = watchHost(startChecksOf({ ...options, limit: undefined }, fleet.shell), changed);
    return localPlace({
      number,
      host,
      launcher: local,
      cpus,
      slots: () => slotsFor(options.jobs, cpus),
      watch,
      chosen,
      onChange: changed,
    });
  }

  async function isHereChosen(host: Host): Promise<boolean> {
    return isChosen(host, options, await factsOfHere(CONTACT_GROUPS));
  }

  function there(number: number, host: Host): Place {
    const parts: ReachParts = {
      options,
      env: fleet.env,
      directory: sockets.path,
      number,
      host,
      slotEnv: (slot) => [...carried.variables, ...fleet.slotEnv(slot, host)],
      say: (text) => say(encodeText(text)),
      onEnd: ended,
      onReturn: returned,
      onShortage: fleet.onShortage,
      onChange: changed,
    };
    return sshPlace(number, host, (how) => reachHost(parts, how), events);
  }

  /** With --onall each host does one task at a time, and the tasks of one that is not there wait for nobody. */
  function slotsOf(place: Place): Pick<Place, "number" | "slots" | "weight"> {
    if (!isEverywhere) return place;
    return { ...place, slots: () => (isGone(place) ? 1 : Math.min(1, place.slots())) };
  }

  function ended(end: AttemptEnd): void {
    const host = hostOfAttempt.get(end.id);
    hostOfAttempt.delete(end.id);
    if (host !== undefined) countEnd(host.tally, end);
    fleet.onEnd(end);
  }

  /** Its tasks wait for nobody. */
  function isGone({ state }: Place): boolean {
    return isEverywhere && (state === "unreachable" || state === "lost");
  }

  function returned(id: number): void {
    forget(id);
    fleet.onReturn(id);
  }

  function forget(id: number): void {
    const host = hostOfAttempt.get(id);
    if (host !== undefined) host.tally.running--;
    hostOfAttempt.delete(id);
  }

  function start(attempt: AttemptSpec): void {
    const host = hosts[book.placeOf(attempt.slot) - 1];
    if (host?.place.launcher === undefined) {
      // Its host was lost in this very moment, or is not there, and no other may do it.
      setImmediate(() => fleet.onEnd(notRun(attempt, host !== undefined && isGone(host.place))));
      return;
    }
    hostOfAttempt.set(attempt.id, host);
    host.tally.running++;
    host.place.launcher.start(attempt);
  }

  return {
    launcher: {
      start,
      signal: (id, signal) => hostOfAttempt.get(id)?.place.launcher?.signal(id, signal) ?? false,
      revoke(id) {
        const taken = hostOfAttempt.get(id)?.place.launcher?.revoke(id) ?? false;
        if (taken) forget(id);
        return taken;
      },
      async pause(isPaused) {
        await Promise.all(hosts.map(({ place }) => place.launcher?.pause(isPaused)));
      },
      shells: () => local.shells(),
      async close() {
        clearTimeout(deserted);
        roster?.stop();
        await Promise.all(hosts.map(({ place }) => place.close()));
        await local.close();
        sockets.remove();
      },
    },
    hosts,
    layout() {
      // A file of --jobs may say something else at any time.
      if (layout === undefined || options.jobs?.type === "file") {
        const places = hosts.map(({ place }) => slotsOf(place));
        // What fails at a broken host at once must not use up its tries before the others have answered.
        const coming = hosts
          .filter(({ place }) => place.state === "connecting")
          .map(({ place }) => place.number);
        layout = { ...book.layout(places, slotsMin), coming };
      }
      return layout;
    },
    makeRoomFor(tasks) {
      slotsMin = tasks;
      layout = undefined;
    },
    hostOf(slot) {
      const host = hosts[book.placeOf(slot) - 1]?.place.host;
      return host?.login === ":" ? undefined : host;
    },
    source: remoteSource(carried),
    contacted: contactAll(hosts),
  };
}

/** So many times as long as a host may be silent does a job wait for one to come back. */
const DESERTED_TIMEOUTS = 8;

function notRun({ id }: AttemptSpec, isFinal: boolean): AttemptEnd {
  const nowMs = Date.now();
  const end = { id, exit: { exitCode: 255, signal: 0 }, startMs: nowMs, endMs: nowMs };
  return isFinal ? { ...end, lost: "its host cannot be reached" } : { ...end, unstarted: true };
}
