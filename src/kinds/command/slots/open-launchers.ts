import { type ByteString, encodeText } from "../../../bytes/bytes.ts";
import { cpuCount, slotsFor } from "../../../driver/gates/capacity.ts";
import type { YonderError } from "../../../interface/errors.ts";
import type { AttemptEnd, Launcher, LauncherEvents } from "../../../interface/launcher.ts";
import type { SlotMemory } from "../../../journal/peak-memory.ts";
import type { JournalWriter } from "../../../journal/writer.ts";
import { dryLauncher } from "../../../launch/dry.ts";
import { shellLauncher } from "../../../launch/shell/launcher.ts";
import type { OptionWorld } from "../../../options/defaults.ts";
import { readHosts } from "../../../options/hosts.ts";
import type { Options } from "../../../options/options.ts";
import type { Fleet, FleetOptions } from "../hosts/fleet.ts";
import type { Layout } from "../hosts/layout.ts";
import { jobVariables } from "../text/variables.ts";
import { FILES_PER_FEED, openRoom, type Room } from "./room.ts";
import { markingOk } from "./success.ts";

export interface LaunchersOptions extends Pick<LauncherEvents, "onEnd" | "onReturn"> {
  readonly options: Options;
  readonly env: NodeJS.ProcessEnv;
  /** The shell of jobs on this machine. */
  readonly shell: string;
  readonly journal: JournalWriter;
  readonly memory: SlotMemory;
  /** The slots are others than before. */
  onChange(): void;
  /** Every task has been started. */
  isWindingUp(): boolean;
  /** Where files of hosts are read again. */
  readonly world: OptionWorld;
  /** Nothing can run any more; see FleetOptions and RoomParts. */
  onHopeless(error: YonderError): void;
  say(text: ByteString): void;
}

/** Where a job's attempts run. */
export interface Launchers {
  readonly launcher: Launcher;
  layout(): Layout;
  readonly room: Room;
  /** The other hosts; undefined where there are none. */
  readonly fleet: Fleet | undefined;
}

/** This machine alone, unless hosts were named that ssh reaches. */
export async function openLaunchers(parts: LaunchersOptions): Promise<Launchers> {
  const room = roomFor(parts);
  const onEnd = (end: AttemptEnd): void => {
    if (end.unstarted === undefined) room.worked();
    parts.onEnd(end);
  };
  const opened = await openPlaces({ ...parts, onEnd }, room);
  return { ...opened, room, layout: () => room.fit(opened.layout()) };
}

/** Ours at the other ends of a shell's two pipes; ssh has three, and its captures are written by us. */
const FILES_PER_SLOT = 2;
const FILES_PER_REMOTE_SLOT = 5;
/** Of a job whose output is followed while it runs. */
const FILES_PER_FOLLOWED = 2;

function roomFor({ options, say, onChange, onHopeless }: LaunchersOptions): Room {
  const { jobs } = options;
  return openRoom({
    filesPerSlot:
      (options.hosts.every(({ login }) => login === ":") ? FILES_PER_SLOT : FILES_PER_REMOTE_SLOT) +
      (options.pipe || options.pipePart ? FILES_PER_FEED : 0) +
      (options.grouping === "line" ? FILES_PER_FOLLOWED : 0),
    wantsMost: jobs?.type === "max" || (jobs?.type === "count" && jobs.count === 0),
    onChange,
    onHopeless,
    warn: (text) => say(encodeText(`Warning: ${text}`)),
  });
}

/** Some of the job's commands may run on other machines. */
export function hasOtherHosts({ dryRun, hosts }: Pick<Options, "dryRun" | "hosts">): boolean {
  return !dryRun && hosts.some(({ login }) => login !== ":");
}

async function openPlaces(parts: LaunchersOptions, room: Room): Promise<Omit<Launchers, "room">> {
  const { options } = parts;
  const cpus = options.hosts[0]?.cpus ?? cpuCount(options.cpuUnit);
  if (!hasOtherHosts(options)) {
    return {
      launcher: localLauncher(parts, parts, room),
      layout: () => ({ slots: slotsFor(options.jobs, cpus) }),
      fleet: undefined,
    };
  }
  const { openFleet } = await import("../hosts/fleet.ts");
  let fleet!: Fleet;
  const open = (events: Pick<LauncherEvents, "onEnd" | "onReturn">): Launcher => {
    fleet = openFleet(fleetOptions(parts, events, room));
    return fleet.launcher;
  };
  if (!options.speculate) {
    const launcher = open(parts);
    return { launcher, layout: fleet.layout, fleet };
  }
  const { speculating } = await import("../hosts/speculate.ts");
  const launcher = speculating({ ...parts, launcher: open, layout: () => fleet.layout() });
  return { launcher, layout: fleet.layout, fleet };
}

function fleetOptions(
  parts: LaunchersOptions,
  events: Pick<LauncherEvents, "onEnd" | "onReturn">,
  room: Room,
): FleetOptions {
  const { options, env } = parts;
  return {
    options,
    env,
    shell: parts.shell,
    local: (own) => localLauncher(parts, own, room),
    slotEnv: (slot, host) => jobVariables(slot, options, parts.journal.id, host),
    onEnd: events.onEnd,
    onReturn: events.onReturn,
    onShortage: room.short,
    onChange: parts.onChange,
    onDeserted: parts.onHopeless,
    hostsNow: () => readHosts(options.hostRequest, parts.world),
    say: parts.say,
  };
}

function localLauncher(
  { options, env, shell, journal, memory }: LaunchersOptions,
  { onEnd, onReturn }: Pick<LauncherEvents, "onEnd" | "onReturn">,
  room: Room,
): Launcher {
  if (options.dryRun) return dryLauncher({ onEnd });
  const usesTerminal = options.tty || options.openTty;
  return shellLauncher({
    shell,
    env,
    slotEnv: (slot) => jobVariables(slot, options, journal.id),
    nice: options.nice,
    inheritOutput: options.grouping === "none",
    inheritStdin: options.semaphore,
    ownSession: !usesTerminal,
    onEnd: markingOk(options, onEnd),
    onReturn,
    onShortage: room.short,
    onShell(slot, pid) {
      memory.shell(slot, pid);
      journal.slot(slot, pid);
    },
  });
}
