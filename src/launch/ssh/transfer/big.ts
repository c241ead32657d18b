/** Regular files above this size have sessions of their own, and go on where they were broken off. */
export const BIG_BYTES: number = 4 << 20;

/** They take turns: a host allows few sessions beside each other. */
export type Lane = <T>(act: () => Promise<T>) => Promise<T>;
