import { setTimeout as sleep } from "node:timers/promises";
import type { Claim } from "../../journal/claims.ts";
import { machineSlots } from "../../journal/machine-slots.ts";
import type { LimitOptions } from "../../options/options.ts";
import type { JobObserver } from "../observers.ts";
import type { Refusal } from "./load-rules.ts";
import { availableMemory } from "./machine-load.ts";
import { type StartCheck, startChecksOf } from "./start-checks.ts";
import { createSuspender, type Suspender } from "./suspender.ts";

const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 1000;
const SUSPEND_MS = 250;
/** Memory comes back only some time after a job was killed for it. */
const EVICT_MS = 1000;

/** What the gates may do to jobs that run. */
export interface JobControl {
  evictYoungest(): void;
  /** Oldest first. */
  running(): readonly number[];
  signal(attempt: number, signal: NodeJS.Signals): boolean;
}

export interface Gates {
  /** Resolves when a start is allowed, at the first look or a later one; `onBlocked` is told why it is not. */
  pass(onBlocked: (reason: string) => void): Promise<void>;
  /** Learns when the start that was allowed has happened, and when the attempt is over. */
  readonly observer: Partial<JobObserver>;
  /** Why nothing starts now. */
  readonly reason: string | undefined;
  /** Nobody waits any more. */
  close(): void;
}

/**
 * --load, --memfree, --memsuspend, --noswap, --limit and --max-slots: looked at before every start, and what is about
 * memory all the time.
 */
export function openGates(
  options: LimitOptions,
  shell: string,
  env: NodeJS.ProcessEnv,
  control: JobControl,
): Gates {
  const checks = startChecksOf(options, shell);
  const { memsuspendBytes } = options;
  const suspender =
    memsuspendBytes === undefined
      ? undefined
      : createSuspender(memsuspendBytes, { ...control, availableMemory });
  const stopWatching = watchMemory(options, suspender, control);
  const shared = options.maxSlots === undefined ? undefined : machineSlots(env, options.maxSlots);
  let reason: string | undefined;
  let isOver = false;
  /** A slot of the machine for the start that was allowed, and those of attempts that run. */
  let granted: Claim | undefined;
  const held = new Map<number, Claim>();
  const mayStart = async (): Promise<string | undefined> => {
    const suspended = suspender?.reason();
    if (suspended !== undefined) return suspended;
    const refusal = await firstRefusal(checks);
    // For --memfree the watch below kills, at its own pace.
    if (refusal?.isDire && options.memfreeBytes === undefined) control.evictYoungest();
    if (refusal !== undefined) return refusal.reason;
    if (shared === undefined) return undefined;
    granted ??= shared.tryAcquire();
    return granted === undefined
      ? `other yonders use all ${options.maxSlots} slots of the machine`
      : undefined;
  };
  return {
    async pass(onBlocked) {
      for (let wait = RETRY_MS_MIN; !isOver; wait = Math.min(2 * wait, RETRY_MS_MAX)) {
        reason = await mayStart();
        if (reason === undefined) return;
        onBlocked(reason);
        await sleep(wait, undefined, { ref: !isOver });
      }
    },
    observer: {
      started({ id }) {
        if (granted !== undefined) held.set(id, granted);
        granted = undefined;
      },
      ended({ attempt: { id } }) {
        held.get(id)?.release();
        held.delete(id);
      },
    },
    get reason() {
      return reason;
    },
    close() {
      isOver = true;
      stopWatching();
      suspender?.close();
      granted?.release();
      for (const claim of held.values()) claim.release();
    },
  };
}

/** The first check that refuses counts; the others are spared. */
async function firstRefusal(checks: readonly StartCheck[]): Promise<Refusal | undefined> {
  for (const check of checks) {
    const refusal = await check();
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** Memory can run short while nothing is about to start, so these look on their own. Ends with the returned function. */
function watchMemory(
  { memfreeBytes }: LimitOptions,
  suspender: Suspender | undefined,
  control: JobControl,
): () => void {
  const timers: NodeJS.Timeout[] = [];
  if (suspender !== undefined) timers.push(setInterval(suspender.look, SUSPEND_MS));
  if (memfreeBytes !== undefined) {
    const look = (): void => {
      if (control.running().length > 0 && availableMemory() < memfreeBytes / 2) control.evictYoungest();
    };
    timers.push(setInterval(look, EVICT_MS));
  }
  return () => timers.forEach(clearInterval);
}
