import { rmSync } from "node:fs";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { encodeText } from "../../bytes/bytes.ts";
import { makeTemporaryDirectory } from "../../directories.ts";
import type { YonderError } from "../../interface/errors.ts";
import { noneCanBeUsed } from "../../kinds/function/no-places.ts";
import { createPlaces, type Place, type Places } from "../../kinds/function/places.ts";
import { type Machine, openMachine } from "../../launch/agent/machine.ts";
import { type Connection, connect } from "../../launch/ssh/connection.ts";
import { machineOf } from "../../launch/thread/host-name.ts";
import type { CallLauncherOptions } from "../../launch/thread/launcher.ts";
import { atExit } from "../inside/at-exit.ts";
import { HERE, type Target } from "./target.ts";

export interface MachinesOptions {
  /** Threads of this machine, where it is among the targets. */
  readonly threads: number | undefined;
  readonly heapBytesMax: number | undefined;
  /** The program that connects, with arguments that come before the host. */
  readonly ssh: readonly string[];
  readonly bringNode: boolean;
  readonly files: readonly string[];
  /** A machine over whose connection nothing has come for so long is lost. */
  readonly silenceMs: number;
  warn(line: string): void;
  /** What was written on a machine by no task that is known. */
  onOutput(text: string): void;
}

/** The machines that a session was given. */
export interface Machines {
  readonly places: Places;
  readonly roundTripMs: number;
  readonly openRemote: NonNullable<CallLauncherOptions["openRemote"]>;
  /** From now on it is told of each place that is lost, before what ran there is. */
  onLost(tell: () => void): void;
  /** Safe to repeat. */
  close(): Promise<void>;
}

interface Open {
  readonly place: Place;
  readonly machine: Machine | undefined;
  close(): Promise<void>;
}

/**
 * Connects to all machines side by side. One that cannot be used is warned of, and left out.
 *
 * @throws YonderError HOST where none can be used
 */
export async function openMachines(targets: readonly Target[], options: MachinesOptions): Promise<Machines> {
  const directory = makeTemporaryDirectory(join(socketParent(), "yonder-"));
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const forget = atExit(remove);
  let tellLost = (): void => {};
  const lost = (): void => tellLost();
  const opening = targets.map((target, index) =>
    target.login === HERE
      ? openHere(target, options)
      : openThere(target, { number: index + 1, directory, lost, ...options }),
  );
  const results = await Promise.allSettled(opening);
  const open = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  if (open.length === 0) {
    forget();
    remove();
    throw errors.length === 1 ? errors[0] : noneCanBeUsed(errors);
  }
  for (const { message, remedy } of errors as YonderError[])
    options.warn(remedy === undefined ? message : `${message}; ${remedy}`);
  const machines = new Map(open.map(({ place, machine }) => [place.machine, machine]));
  let closing: Promise<void> | undefined;
  return {
    places: createPlaces(open.map(({ place }) => place)),
    roundTripMs: Math.max(...open.map(({ machine }) => machine?.roundTripMs ?? 0)),
    openRemote: (name, events) =>
      machines.get(machineOf(name))!.open(events, {
        isProcess: name < 0,
        heapBytesMax: options.heapBytesMax,
      }),
    onLost(tell) {
      tellLost = tell;
    },
    close() {
      closing ??= Promise.all(open.map((one) => one.close())).then(() => {
        forget();
        remove();
      });
      return closing;
    },
  };
}

async function openHere(target: Target, options: MachinesOptions): Promise<Open> {
  const threads = target.threads ?? options.threads ?? availableParallelism();
  const place = { name: HERE, machine: 0, threads, memoryBytes: totalmem(), isLost: false };
  return { place, machine: undefined, close: async () => {} };
}

async function openThere(
  { login, port, threads }: Target,
  options: MachinesOptions & { readonly number: number; readonly directory: string; lost(): void },
): Promise<Open> {
  const { number, directory } = options;
  let open: { readonly place: Place; readonly machine: Machine } | undefined;
  const lost = (reason: string): void => {
    if (open === undefined || open.place.isLost) return;
    open.place.isLost = true;
    options.warn(`${open.place.name} is lost: ${reason}`);
    options.lost();
    open.machine.lost(reason);
  };
  const connection: Connection = await connect(
    {
      name: encodeText(port === undefined ? login : `${login}:${port}`),
      command: [...options.ssh, ...(port === undefined ? [] : ["-p", String(port)]), login].map(encodeText),
    },
    { directory, id: number, env: process.env, silenceMs: options.silenceMs, onLost: lost },
  );
  try {
    const machine = await openMachine({
      connection,
      bringNode: options.bringNode,
      files: options.files,
      onOutput: options.onOutput,
      onEnd: lost,
    });
    const { cpus, memoryBytes } = machine.facts;
    const place = {
      name: machine.name,
      machine: number,
      threads: threads ?? cpus,
      memoryBytes,
      isLost: false,
    };
    open = { place, machine };
    return {
      ...open,
      async close() {
        await machine.close();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** The path of a socket must be short. */
function socketParent(): string {
  return tmpdir().length < 60 ? tmpdir() : "/tmp";
}
