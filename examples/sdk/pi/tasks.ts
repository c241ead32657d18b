import { task } from "yonder-run";

/** How many of so many random points of the unit square lie in the quarter circle. */
export const hits = task((points: number, seed: number): number => {
  let state = seed;
  const random = (): number => {
    // xorshift32 (Marsaglia, 2003): each task has a sequence of its own, so that a run can be repeated.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  let inside = 0;
  for (let point = 0; point < points; point++) if (random() ** 2 + random() ** 2 < 1) inside++;
  return inside;
});
