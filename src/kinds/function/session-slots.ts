import type { Driver } from "../../driver/driver.ts";
import type { CallTask } from "./call.ts";
import type { Places } from "./places.ts";
import { THREADS, WAITERS } from "./task-class.ts";

/** Tasks that wait for something share threads: so many in each. */
const WAITERS_PER_THREAD = 64;

/** The slots that the scheduler has been told of. */
export interface SessionSlots {
  /** Makes the slots of a pool, where there are none yet. */
  need(pool: number): void;
  /** Slots for tasks that compute hold so many now. */
  deepen(depth: number): void;
  /** A place is lost: its slots are closed. */
  changed(): void;
}

/** @param depth what a slot for tasks that compute holds at first */
export function sessionSlots(driver: Driver<CallTask>, places: Places, depth: number): SessionSlots {
  const pools = new Map<number, number>();

  function tell(pool: number): void {
    const slots = pool === WAITERS ? places.threads * WAITERS_PER_THREAD : places.threads;
    const numbers = places.numbers(slots);
    driver.setSlots(pool, {
      slots,
      depth: pools.get(pool)!,
      ...(numbers !== undefined && { places: numbers }),
    });
  }

  function set(pool: number, depth: number): void {
    pools.set(pool, depth);
    tell(pool);
  }

  set(THREADS, depth);
  return {
    need(pool) {
      if (!pools.has(pool)) set(pool, 1);
    },
    deepen: (depth) => set(THREADS, depth),
    changed() {
      for (const pool of pools.keys()) tell(pool);
    },
  };
}
