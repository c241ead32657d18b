import { renameSync, rmSync } from "node:fs";
import { bufferOf } from "../../../bytes/bytes.ts";
import type {
  AttemptEnd,
  AttemptSpec,
  Launcher,
  LauncherEvents,
  OutputSpec,
} from "../../../interface/launcher.ts";
import { isSuccess } from "../slots/success.ts";
import type { Layout } from "./layout.ts";

export interface SpeculationParts {
  launcher(events: Pick<LauncherEvents, "onEnd" | "onReturn">): Launcher;
  readonly onEnd: LauncherEvents["onEnd"];
  readonly onReturn: LauncherEvents["onReturn"];
  layout(): Layout;
  /** Every task has been started: what is free now stays free, but for retries. */
  isWindingUp(): boolean;
}

/** An attempt that runs, and its copy at another host, if there is one. */
interface Pair {
  readonly original: AttemptSpec;
  readonly sinceMs: number;
  twin: AttemptSpec | undefined;
  /** One that has failed is not made again. */
  wasCopied: boolean;
  /** How the original has ended, where only its host was lost: the copy goes on in its place. */
  lost: AttemptEnd | undefined;
}

const LOOK_MS = 500;
/** Ids of copies, far from those that anybody else gives. */
const TWINS = 2 ** 40;
/** A copy is worth while for a task that has run for so many times the median, and so long at least. */
const SLOW_FACTOR = 1.5;
const SLOW_MS = 1000;

/**
 * --speculate: when no task waits any more, those that run for long are run a second time, at another host that has room.
 * The first of the two to succeed counts, and the other one is killed. (Backup tasks: Dean and Ghemawat, MapReduce, 2004.)
 *
 * Only for attempts whose output is captured and that read no input and carry no files, which could not be had twice.
 */
export function speculating(parts: SpeculationParts): Launcher {
  const pairs = new Map<number, Pair>();
  const pairOfTwin = new Map<number, Pair>();
  const runtimes: number[] = [];
  let lastTwin = TWINS;
  const launcher = parts.launcher({ onEnd: ended, onReturn: returned });
  const timer = setInterval(look, LOOK_MS);
  timer.unref();

  function look(): void {
    if (!parts.isWindingUp()) return;
    const { places = [] } = parts.layout();
    const used = new Set([...pairs.values()].flatMap(({ original, twin }) => [original.slot, twin?.slot]));
    const free = places.flatMap((place, index) => (place !== 0 && !used.has(index + 1) ? [index + 1] : []));
    const slowMs = Math.max(SLOW_MS, SLOW_FACTOR * median(runtimes));
    for (const pair of [...pairs.values()].sort((one, other) => one.sinceMs - other.sinceMs)) {
      if (pair.wasCopied || Date.now() - pair.sinceMs < slowMs || !isRepeatable(pair.original)) continue;
      const home = places[pair.original.slot - 1];
      const at = free.findIndex((slot) => places[slot - 1] !== home);
      if (at === -1) return;
      startTwin(pair, free.splice(at, 1)[0]!);
    }
  }

  function startTwin(pair: Pair, slot: number): void {
    const { original } = pair;
    pair.wasCopied = true;
    pair.twin = { ...original, id: ++lastTwin, slot, output: besides(original.output) };
    pairOfTwin.set(pair.twin.id, pair);
    launcher.start(pair.twin);
  }

  function ended(end: AttemptEnd): void {
    const ofTwin = pairOfTwin.get(end.id);
    if (ofTwin !== undefined) return twinEnded(ofTwin, end);
    const pair = pairs.get(end.id);
    if (pair?.twin !== undefined && end.lost !== undefined) {
      pair.lost = end;
      return;
    }
    settle(pair, end);
  }

  function twinEnded(pair: Pair, end: AttemptEnd): void {
    const twin = pair.twin!;
    pairOfTwin.delete(twin.id);
    pair.twin = undefined;
    const succeeded = isSuccess(end);
    if (!pairs.has(pair.original.id) || (!succeeded && pair.lost === undefined)) return remove(twin.output);
    if (!succeeded) {
      remove(twin.output);
      return settle(pair, pair.lost!);
    }
    if (pair.lost === undefined) launcher.signal(pair.original.id, "SIGKILL");
    move(twin.output, pair.original.output);
    settle(pair, { ...end, id: pair.original.id, slot: twin.slot });
  }

  /** The attempt is over for its owner. */
  function settle(pair: Pair | undefined, end: AttemptEnd): void {
    // The loser of two: its end was told before.
    if (pair === undefined) return;
    pairs.delete(end.id);
    runtimes.push(end.endMs - end.startMs);
    if (pair.twin !== undefined) launcher.signal(pair.twin.id, "SIGKILL");
    parts.onEnd(end);
  }

  function returned(id: number): void {
    if (pairOfTwin.has(id)) return;
    pairs.delete(id);
    parts.onReturn(id);
  }

  return {
    start(attempt) {
      // A retry needs the slot more than a copy does.
      for (const { twin } of pairs.values())
        if (twin?.slot === attempt.slot) launcher.signal(twin.id, "SIGKILL");
      pairs.set(attempt.id, {
        original: attempt,
        sinceMs: Date.now(),
        twin: undefined,
        wasCopied: false,
        lost: undefined,
      });
      launcher.start(attempt);
    },
    signal(id, signal) {
      const twin = pairs.get(id)?.twin;
      if (twin !== undefined) launcher.signal(twin.id, signal);
      return launcher.signal(id, signal);
    },
    revoke(id) {
      const isTaken = launcher.revoke(id);
      if (isTaken) pairs.delete(id);
      return isTaken;
    },
    pause: launcher.pause,
    shells: launcher.shells,
    close() {
      clearInterval(timer);
      return launcher.close();
    },
  };
}

function isRepeatable({ output, stdin, files }: AttemptSpec): boolean {
  const carries = files !== undefined && files.send.length + files.fetch.length > 0;
  return output.type === "files" && stdin.type === "null" && !carries;
}

function besides(output: OutputSpec): OutputSpec {
  if (output.type !== "files") return output;
  return { type: "files", stdout: `${output.stdout}.twin`, stderr: `${output.stderr}.twin` };
}

function move(from: OutputSpec, to: OutputSpec): void {
  if (from.type !== "files" || to.type !== "files") return;
  renameSync(bufferOf(from.stdout), bufferOf(to.stdout));
  renameSync(bufferOf(from.stderr), bufferOf(to.stderr));
}

function remove(output: OutputSpec): void {
  if (output.type !== "files") return;
  for (const path of [output.stdout, output.stderr]) rmSync(bufferOf(path), { force: true });
}

function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? 0;
}
