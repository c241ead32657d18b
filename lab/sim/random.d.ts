/** Chance that a seed decides (mulberry32): the same seed always tells the same story. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
}
export declare function seededRandom(seed: number): Random;
