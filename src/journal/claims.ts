import { closeSync, openSync, readdirSync, statSync, unlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { makeDirectories } from "../directories.ts";
import { livenessOf, ownIdentity, type ProcessIdentity } from "./identity.ts";

/** An owner that cannot be seen from here counts as alive while its claim is younger than this, or renewed. */
const UNSEEN_OWNER_MS = 60_000;

export interface Claim {
  readonly file: string;
  /** Tells those who cannot see this process that it is alive. */
  renew(): void;
  /** Safe to repeat. */
  release(): void;
}

export interface LiveClaim {
  readonly file: string;
  readonly owner: ProcessIdentity;
  readonly sinceMs: number;
}

/**
 * Claims one of `limit` shares of what `directory` and `prefix` stand for; undefined where others hold them all.
 *
 * No file locks, which Node does not have and network file systems do not keep. Each claim is an empty file whose name
 * says who made it, so it appears whole, is never used again, and once its owner is dead anyone may remove it at any
 * time. A claimant first makes its file and then counts the others: of two at the same moment, the later one sees the
 * earlier, so never more than `limit` hold a share. Both may withdraw; callers that wait try again after a random delay,
 * and `claimAlone` does.
 */
export function tryClaim(directory: string, prefix: string, limit = 1): Claim | undefined {
  if (liveClaims(directory, prefix).length >= limit) return undefined;
  const file = join(directory, `${prefix}@${claimName()}`);
  makeDirectories(directory, 0o700);
  closeSync(openSync(file, "wx", 0o600));
  const claim: Claim = {
    file,
    renew: () => ignoreMissing(() => utimesSync(file, new Date(), new Date())),
    release: () => ignoreMissing(() => unlinkSync(file)),
  };
  if (liveClaims(directory, prefix).length <= limit) return claim;
  claim.release();
  return undefined;
}

const MEETING_MS_MAX = 20;

/**
 * Claims what only one may have; undefined where another has it. Of those who ask at the same moment exactly one gets it: who
 * withdraws because another was there too asks again, after a random time, until one of them has it. May block for some milliseconds.
 */
export function claimAlone(directory: string, prefix: string): Claim | undefined {
  while (liveClaims(directory, prefix).length === 0) {
    const claim = tryClaim(directory, prefix);
    if (claim !== undefined) return claim;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * MEETING_MS_MAX);
  }
  return undefined;
}

/** The claims of owners that live; removes those of the dead. */
export function liveClaims(directory: string, prefix: string): LiveClaim[] {
  const claims: LiveClaim[] = [];
  for (const name of namesIn(directory)) {
    const owner = name.startsWith(`${prefix}@`) ? ownerOf(name.slice(prefix.length + 1)) : undefined;
    if (owner === undefined) continue;
    const file = join(directory, name);
    const sinceMs = modifiedMs(file);
    if (sinceMs === undefined) continue;
    const liveness = livenessOf(owner);
    if (liveness === "alive" || (liveness === "elsewhere" && Date.now() - sinceMs < UNSEEN_OWNER_MS)) {
      claims.push({ file, owner, sinceMs });
    } else {
      ignoreMissing(() => unlinkSync(file));
    }
  }
  return claims;
}

let made = 0;

/** A name that no other file of this or another process has, and that says whose it is. */
export function claimName(owner: ProcessIdentity = ownIdentity()): string {
  return [owner.host, owner.boot, owner.pid, owner.startTicks, ++made].join(".");
}

/** Who made a file with such a name; undefined for any other name. */
export function ownerOf(name: string): ProcessIdentity | undefined {
  const [host, boot, pid, startTicks] = name.split(".");
  if (host === undefined || boot === undefined || startTicks === undefined) return undefined;
  return { host, boot, pid: Number(pid), startTicks: Number(startTicks) };
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function modifiedMs(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}

function ignoreMissing(act: () => void): void {
  try {
    act();
  } catch {
    // Gone already, or not ours to remove: either way there is nothing to hold on to.
  }
}
