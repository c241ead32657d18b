import type { ClassState, Slots } from "./state.ts";

/**
 * The attempts of one class on the clock: running, and not told to stop. A list through the slots in order of start.
 *
 * All attempts of a class have the same time allowed at any one moment, so the oldest is always the next to run out of it,
 * and no other order is needed, even while a timeout of so many percent of the median moves.
 */
export function putOnClock(list: ClassState, slots: Slots, slot: number, nowMs: number): void {
  slots.startMs[slot] = nowMs;
  slots.older[slot] = list.youngest;
  slots.younger[slot] = 0;
  if (list.youngest === 0) list.oldest = slot;
  else slots.younger[list.youngest] = slot;
  list.youngest = slot;
}

export function takeOffClock(list: ClassState, slots: Slots, slot: number): void {
  const older = slots.older[slot]!;
  const younger = slots.younger[slot]!;
  if (older === 0) list.oldest = younger;
  else slots.younger[older] = younger;
  if (younger === 0) list.youngest = older;
  else slots.older[younger] = older;
}
