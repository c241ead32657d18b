import { closeSync, linkSync, openSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ByteString } from "../bytes/bytes.ts";
import { makeDirectories } from "../directories.ts";
import { identify } from "../journal/identity.ts";
import { semaphoreFileName } from "./name.ts";

export interface SemaphoreOptions {
  /** $PARALLEL_HOME, or ~/.parallel. */
  readonly parallelHome: string;
  readonly name: ByteString;
  /** How many may hold it. */
  readonly limit: number;
  /** Positive: take it anyway after so long. Negative: give up after so long. Undefined or 0: wait for ever. */
  readonly timeoutMs?: number | undefined;
  /** Lines for a person, in GNU parallel's words. */
  readonly warn: (line: string) => void;
}

/** One share of a semaphore. It frees itself when its owner is gone. */
export interface SemaphoreHold {
  readonly file: string;
  /** Gives it to a process that lives on; this one must not release it any more. */
  handOver(pid: number): void;
  /** Safe to repeat. */
  release(): void;
}

const POLL_MS_MIN = 5;
const POLL_MS_MAX = 50;
const STUCK_MS = 30_000;

/**
 * Takes a share of a counting semaphore that GNU parallel understands and that understands GNU parallel's.
 *
 * A semaphore is a directory. Each holder has a file there that is named `PID@HOST` and linked to the directory's one
 * file of the semaphore's own name, whose count of links tells GNU parallel how many hold it. Here the names count: who
 * makes a file looks again afterwards and takes it back where there are too many, so never more than `limit` hold it.
 * Beside the real GNU parallel, which looks first and links then, two could enter in the same moment.
 *
 * @returns undefined where a negative timeout has passed
 */
export async function acquireSemaphore(options: SemaphoreOptions): Promise<SemaphoreHold | undefined> {
  const semaphore = places(options);
  const own = join(semaphore.directory, holderName(process.pid));
  const taken = await waitUntil(options, () => tryTake(semaphore, own, options.limit));
  if (taken === "gave up") return undefined;
  if (taken === "took over") link(semaphore, own);
  return hold(semaphore, own);
}

/** A share that another process of ours has taken and handed over to this one. */
export function inheritedHold(options: Pick<SemaphoreOptions, "parallelHome" | "name">): SemaphoreHold {
  const semaphore = places(options);
  return hold(semaphore, join(semaphore.directory, holderName(process.pid)));
}

/** Waits until nobody holds it. False where a negative timeout has passed; a positive one ends the waiting well. */
export async function waitForSemaphore(options: SemaphoreOptions): Promise<boolean> {
  const semaphore = places(options);
  return (await waitUntil(options, () => holders(semaphore.directory).length === 0)) !== "gave up";
}

interface Places {
  readonly directory: string;
  /** Its links are the holders. */
  readonly file: string;
}

function places({ parallelHome, name }: Pick<SemaphoreOptions, "parallelHome" | "name">): Places {
  const id = semaphoreFileName(name);
  const directory = join(parallelHome, "semaphores", id);
  return { directory, file: join(directory, id) };
}

async function waitUntil(
  { timeoutMs = 0, warn }: SemaphoreOptions,
  isSo: () => boolean,
): Promise<"done" | "took over" | "gave up"> {
  const startMs = Date.now();
  let stuckMs = STUCK_MS;
  for (let pollMs = POLL_MS_MIN; !isSo(); pollMs = Math.min(POLL_MS_MAX, pollMs * 2)) {
    const passedMs = Date.now() - startMs;
    if (timeoutMs !== 0 && passedMs >= Math.abs(timeoutMs)) {
      warn(`Semaphore timed out. ${timeoutMs > 0 ? "Stealing the semaphore" : "Exiting"}.`);
      return timeoutMs > 0 ? "took over" : "gave up";
    }
    if (timeoutMs === 0 && passedMs >= stuckMs) {
      stuckMs = Infinity;
      warn(`Semaphore stuck for ${STUCK_MS / 1000} seconds. Consider using --semaphoretimeout.`);
    }
    // Random, so that two who took their files back at the same moment do not meet again.
    await sleep(pollMs * (0.5 + Math.random()));
  }
  return "done";
}

function tryTake(semaphore: Places, own: string, limit: number): boolean {
  if (holders(semaphore.directory).length >= limit) return false;
  link(semaphore, own);
  if (holders(semaphore.directory).length <= limit) return true;
  remove(semaphore, own);
  return false;
}

/** Makes a holder's file, and what it hangs on; others may remove an empty semaphore at the same moment. */
function link({ directory, file }: Places, holder: string): void {
  for (;;) {
    makeDirectories(directory);
    try {
      closeSync(openSync(file, "a"));
      linkSync(file, holder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") return;
      if (code !== "ENOENT") throw error;
    }
  }
}

function remove({ directory, file }: Places, holder: string): void {
  try {
    unlinkSync(holder);
    if (holders(directory).length > 0) return;
    unlinkSync(file);
    rmdirSync(directory);
  } catch {
    // Gone, or taken by another in this moment.
  }
}

function hold(semaphore: Places, own: string): SemaphoreHold {
  let file = own;
  return {
    get file() {
      return file;
    },
    handOver(pid) {
      // First the new file, then the end of the old one: never seen without either.
      const heir = join(semaphore.directory, holderName(pid));
      link(semaphore, heir);
      unlinkSync(file);
      file = heir;
    },
    release: () => remove(semaphore, file),
  };
}

function holderName(pid: number): string {
  return `${pid}@${hostname()}`;
}

/** Files of holders that live, or are on another machine; removes those of the dead. */
function holders(directory: string): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return [];
  }
  return names.filter((name) => {
    const [, pid, host] = /^(\d+)@(.*)$/.exec(name) ?? [];
    if (pid === undefined) return false;
    if (host !== hostname() || identify(Number(pid)) !== undefined) return true;
    try {
      unlinkSync(join(directory, name));
    } catch {
      // Another has done it.
    }
    return false;
  });
}
