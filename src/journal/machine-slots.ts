import { setTimeout as sleep } from "node:timers/promises";
import { YonderError } from "../interface/errors.ts";
import { type Claim, tryClaim } from "./claims.ts";
import { sharedSlotsDirectory } from "./places.ts";

/** Slots of the machine that all yonders of a person share, when they are asked to. */
export interface MachineSlots {
  /** One slot, now; undefined where all are taken. */
  tryAcquire(): Claim | undefined;
  /** Waits for one. Waiters ask again after a random delay, so nobody is passed over for long. */
  acquire(signal: AbortSignal): Promise<Claim>;
}

const DELAY_MS_MIN = 10;
const DELAY_MS_MAX = 100;

/** @param limit how many attempts of all yonders with this name may run; each yonder keeps to its own limit */
export function machineSlots(env: NodeJS.ProcessEnv, limit: number, name = "slot"): MachineSlots {
  const directory = sharedSlotsDirectory(env);
  const tryAcquire = (): Claim | undefined => {
    try {
      return tryClaim(directory, name, limit);
    } catch (cause) {
      throw new YonderError("LAUNCH", {
        message: `the slots of --max-slots cannot be kept in ${directory}: ${(cause as Error).message}`,
        remedy: "name a directory that you may write to with XDG_RUNTIME_DIR or XDG_STATE_HOME",
        cause,
      });
    }
  };
  return {
    tryAcquire,
    async acquire(signal) {
      for (;;) {
        signal.throwIfAborted();
        const claim = tryAcquire();
        if (claim) return claim;
        await sleep(DELAY_MS_MIN + Math.random() * (DELAY_MS_MAX - DELAY_MS_MIN), undefined, { signal });
      }
    },
  };
}
