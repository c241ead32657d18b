import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type ByteString, encodeText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { shellWords } from "../../../bytes/shell-words.ts";
import type { Shortage } from "../../../child/start-error.ts";
import { slotsFor } from "../../../driver/gates/capacity.ts";
import { remoteStartChecks } from "../../../driver/gates/start-checks.ts";
import { attributesOf } from "../../../hosts/host.ts";
import { isMet } from "../../../hosts/where.ts";
import type { AttemptEnd, LauncherEvents } from "../../../interface/launcher.ts";
import { type Connection, connect } from "../../../launch/ssh/connection.ts";
import { CONTACT_GROUPS, cpuCountOf, type HostFacts } from "../../../launch/ssh/facts/facts.ts";
import { measureFacts } from "../../../launch/ssh/facts/measure-facts.ts";
import { type SshLauncher, sshLauncher } from "../../../launch/ssh/launcher.ts";
import { openTransfers } from "../../../launch/ssh/transfer/transfers.ts";
import type { Options } from "../../../options/options.ts";
import type { Host } from "../../../options/values.ts";
import { markingOk } from "../slots/success.ts";
import { measuredAttributes } from "./measured.ts";
import { remoteWorkdir } from "./remote-source.ts";
import { transferringLauncher } from "./transferring-launcher.ts";
import { watchHost } from "./watch.ts";

/** A host that can be reached: what its tasks run with. */
export interface ReachedHost {
  readonly connection: Connection;
  readonly launcher: SshLauncher;
  /** What 100% of --jobs is there. */
  readonly cpus: number;
  /** How fast it is beside the others; 1 until it is known. */
  weight(): number;
  /** How many of its slots the job may use now; asked again as jobs end (--jobs FILE). */
  slots(): number;
  /** Why nothing may start there now: --load and its like. */
  reason(): string | undefined;
  stop(): void;
}

export interface Reach {
  /** The connection that was made has gone. */
  onLost(reason: string): void;
  readonly signal: AbortSignal;
}

export interface ReachParts {
  readonly options: Options;
  readonly env: NodeJS.ProcessEnv;
  /** For the sockets of connections. */
  readonly directory: string;
  /** Which of the hosts it is, from 1. */
  readonly number: number;
  readonly host: Host;
  slotEnv(slot: number): readonly (readonly [name: string, value: ByteString])[];
  /** A line for the person, without the program's name. */
  say(text: string): void;
  onEnd(end: AttemptEnd): void;
  onReturn(id: number): void;
  onShortage(slot: number, shortage: Shortage): void;
  /** The number of its slots, or its weight, is another. */
  onChange(): void;
}

/**
 * @param reach.signal nobody waits for it any more, if it is not there yet
 * @throws YonderError HOST where it cannot be reached
 */
export async function reachHost(parts: ReachParts, { onLost, signal }: Reach): Promise<ReachedHost> {
  const { options, host, number } = parts;
  const delayMs = options.sshDelay === undefined ? staggerMs(number) : options.sshDelay.ms * (number - 1);
  await sleep(delayMs, undefined, { signal });
  const connection = await connect(
    { name: host.login, command: host.command },
    {
      directory: parts.directory,
      id: number,
      env: parts.env,
      silenceMs: options.hostTimeoutMs,
      onLost,
      signal,
    },
  );
  const facts = await firstFacts(connection, options, signal);
  if (!isChosen(host, options, facts)) {
    await connection.close();
    throw new NotChosen();
  }
  const cpus = host.cpus ?? cpuCountOf(facts, options.cpuUnit);
  const watch = watchHost(remoteStartChecks(options, connection, cpus), parts.onChange);
  let weight = 1;
  if (options.hosts.length > 1) {
    // Nobody waits for it.
    measureFacts(connection, ["speed"]).then(
      ({ speed }) => {
        if (speed === undefined) return;
        // In steps: what differs by less is the same.
        weight = Math.max(1, Math.round(speed * WEIGHT_STEPS)) / WEIGHT_STEPS;
        parts.onChange();
      },
      () => {},
    );
  }
  return {
    connection,
    launcher: carriesFiles(options)
      ? launcherWithFiles(parts, connection)
      : plainLauncher(parts, connection, parts),
    cpus,
    weight: () => weight,
    slots: () => (watch.reason === undefined ? slotsFor(options.jobs, cpus) : 0),
    reason: () => watch.reason,
    stop: watch.stop,
  };
}

async function firstFacts(
  connection: Connection,
  { where }: Options,
  signal: AbortSignal,
): Promise<HostFacts> {
  const close = (): void => void connection.close();
  signal.addEventListener("abort", close);
  try {
    return await measureFacts(connection, where === undefined ? ["cpus"] : CONTACT_GROUPS);
  } catch (error) {
    await connection.close();
    throw error;
  } finally {
    signal.removeEventListener("abort", close);
  }
}

type Ends = Pick<LauncherEvents, "onEnd" | "onReturn">;

function plainLauncher(parts: ReachParts, connection: Connection, { onEnd, onReturn }: Ends): SshLauncher {
  const { slotEnv, options, onShortage } = parts;
  const { nice } = options;
  return sshLauncher({ connection, slotEnv, nice, onEnd: markingOk(options, onEnd), onReturn, onShortage });
}

function carriesFiles({ transferfile, return: returned, basefile, workdir }: Options): boolean {
  return transferfile.length + returned.length + basefile.length > 0 || workdir === "...";
}

function launcherWithFiles(parts: ReachParts, connection: Connection): SshLauncher {
  const { options } = parts;
  return transferringLauncher({
    control: connection.control,
    transfers: openTransfers(connection, { cleanup: options.cleanup, ...rsyncOptions(parts) }),
    basefiles: options.basefile,
    workdir: options.workdir === "..." ? "" : remoteWorkdir(options.workdir, 0),
    cleanup: options.cleanup,
    async removeDirectory(directory) {
      const above = "rmdir .parallel/tmp .parallel 2>/dev/null";
      await connection.control.run(`rm -rf -- ${quoteWord(directory)}; ${above}`);
    },
    launcher: (events) => plainLauncher(parts, connection, events),
    onEnd: parts.onEnd,
    onReturn: parts.onReturn,
    say: parts.say,
  });
}

/** rsync is called only where somebody has something to tell it. */
function rsyncOptions({ options, env }: ReachParts): { readonly rsync?: readonly ByteString[] } {
  const given = options.rsyncOpts ?? encodeText(env["PARALLEL_RSYNC_OPTS"] ?? "");
  return given === "" ? {} : { rsync: shellWords(given) ?? [given] };
}

const WEIGHT_STEPS = 2;

/**
 * To exchange keys costs a tenth of a second of our CPU. Where there are more hosts than CPUs, these come one after the
 * other: all at once, the first answer would come as late as the last.
 */
function staggerMs(number: number): number {
  return Math.min(1000, 150 * Math.floor((number - 1) / availableParallelism()));
}

/** --where leaves the host out. */
export class NotChosen extends Error {}

export function isChosen(host: Host, { where }: Options, facts: HostFacts): boolean {
  return where === undefined || isMet(where, attributesOf(host, measuredAttributes(facts)));
}
