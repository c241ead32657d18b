import type { ByteString } from "../bytes/bytes.ts";
import type { YonderError } from "../interface/errors.ts";
import type { Launcher, LauncherEvents } from "../interface/launcher.ts";
import type { MemorySampler } from "../journal/peak-memory.ts";
import type { JournalWriter } from "../journal/writer.ts";
import { dryLauncher } from "../launch/dry.ts";
import { shellLauncher } from "../launch/shell/launcher.ts";
import type { OptionWorld } from "../options/defaults.ts";
import { readHosts } from "../options/hosts.ts";
import type { Options } from "../options/options.ts";
import { cpuCount, slotsFor } from "./capacity.ts";
import type { Fleet } from "./hosts/fleet.ts";
import type { Layout } from "./hosts/layout.ts";
import { jobVariables } from "./variables.ts";

export interface LaunchersOptions extends Pick<LauncherEvents, "onEnd" | "onReturn"> {
  readonly options: Options;
  readonly env: NodeJS.ProcessEnv;
  /** The shell of jobs on this machine. */
  readonly shell: string;
  readonly journal: JournalWriter;
  readonly memory: MemorySampler;
  /** The slots are others than before. */
  onChange(): void;
  /** Where files of hosts are read again. */
  readonly world: OptionWorld;
  /** See FleetOptions. */
  onDeserted(error: YonderError): void;
  say(text: ByteString): void;
}

/** Where a job's attempts run. */
export interface Launchers {
  readonly launcher: Launcher;
  layout(): Layout;
  /** The other hosts; undefined where there are none. */
  readonly fleet: Fleet | undefined;
}

/** This machine alone, unless hosts were named that ssh reaches. */
export async function openLaunchers(parts: LaunchersOptions): Promise<Launchers> {
  const { options, env } = parts;
  const cpus = options.hosts[0]?.cpus ?? cpuCount(options.cpuUnit);
  if (options.dryRun || options.hosts.every(({ login }) => login === ":")) {
    return {
      launcher: localLauncher(parts, parts),
      layout: () => ({ slots: slotsFor(options.jobs, cpus) }),
      fleet: undefined,
    };
  }
  const { openFleet } = await import("./hosts/fleet.ts");
  const fleet = openFleet({
    options,
    env,
    local: (events) => localLauncher(parts, events),
    slotEnv: (slot, host) => jobVariables(slot, options, parts.journal.id, host),
    onEnd: parts.onEnd,
    onReturn: parts.onReturn,
    onChange: parts.onChange,
    onDeserted: parts.onDeserted,
    hostsNow: () => readHosts(options.hostRequest, parts.world),
    say: parts.say,
  });
  return { launcher: fleet.launcher, layout: fleet.layout, fleet };
}

function localLauncher(
  { options, env, shell, journal, memory }: LaunchersOptions,
  { onEnd, onReturn }: Pick<LauncherEvents, "onEnd" | "onReturn">,
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
    onEnd,
    onReturn,
    onShell(slot, pid) {
      memory.shell(slot, pid);
      journal.slot(slot, pid);
    },
  });
}
