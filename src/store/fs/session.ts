import { basename } from "node:path";
import { type Claim, liveClaims, tryClaim } from "../../journal/claims.ts";
import type { Places } from "./places.ts";
import { namesIn } from "./temporary.ts";

/** One process that has the store open: what it put or asked for since its beginning is safe from garbage collection. */
export interface Session {
  readonly name: string;
  readonly startedMs: number;
  /** Safe to repeat. */
  close(): void;
}

export interface LiveSession {
  readonly name: string;
  readonly startedMs: number;
}

/** Those who cannot see this process believe its claim for a minute. */
const RENEW_MS = 20_000;

export function openSession(places: Places): Session {
  const startedMs = Date.now();
  const claim: Claim = tryClaim(places.live, `${startedMs}`, Number.POSITIVE_INFINITY)!;
  const timer = setInterval(() => claim.renew(), RENEW_MS);
  timer.unref();
  return {
    name: basename(claim.file),
    startedMs,
    close: () => {
      clearInterval(timer);
      claim.release();
    },
  };
}

/** Removes the claims of the dead on its way. */
export function liveSessions(places: Places): LiveSession[] {
  const starts = new Set(namesIn(places.live).map((name) => name.split("@", 1)[0]!));
  return [...starts].flatMap((start) =>
    liveClaims(places.live, start).map(({ file }) => ({ name: basename(file), startedMs: Number(start) })),
  );
}
