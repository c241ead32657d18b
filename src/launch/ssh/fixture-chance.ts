/** Chance for tests: the same seed gives the same numbers. */
export interface Chance {
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  pick<T>(choices: readonly T[]): T;
}

export function chance(seed: number): Chance {
  let state = seed;
  // A linear congruential generator (Numerical Recipes, 3rd edition, section 7.1.4); its high bits are the good ones.
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const int = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return { int, pick: (choices) => choices[int(0, choices.length - 1)]! };
}
