import type { Slots } from "./slots.ts";

/**
 * The attempts on the clock: running, and not told to stop. A list through the slots in order of start.
 *
 * All attempts of a job have the same time allowed at any one moment, so the oldest is always the next to run out of it, and
 * no other order is needed, even while a timeout of so many percent of the median moves.
 */
export function putOnClock(slots: Slots, slot: number, nowMs: number): void {
  slots.startMs[slot] = nowMs;
  slots.older[slot] = slots.youngest;
  slots.younger[slot] = 0;
  if (slots.youngest === 0) slots.oldest = slot;
  else slots.younger[slots.youngest] = slot;
  slots.youngest = slot;
}

export function takeOffClock(slots: Slots, slot: number): void {
  const older = slots.older[slot]!;
  const younger = slots.younger[slot]!;
  if (older === 0) slots.oldest = younger;
  else slots.younger[older] = younger;
  if (younger === 0) slots.youngest = older;
  else slots.older[younger] = older;
}
