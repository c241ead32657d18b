import { task } from "yonder-run";

/** What the queens so far leave to the next row: columns and diagonals that they hold, a bit for each column. */
export interface Board {
  readonly row: number;
  readonly columns: number;
  readonly left: number;
  readonly right: number;
}

export const EMPTY: Board = { row: 0, columns: 0, left: 0, right: 0 };

/** Where the next queen can go. */
export function nextBoards(size: number, { row, columns, left, right }: Board): Board[] {
  const boards: Board[] = [];
  for (let free = ~(columns | left | right) & ((1 << size) - 1); free !== 0; free &= free - 1) {
    const queen = free & -free;
    boards.push({
      row: row + 1,
      columns: columns | queen,
      left: (left | queen) << 1,
      right: (right | queen) >> 1,
    });
  }
  return boards;
}

/** How many ways there are to put the rest of the queens (Richards, "Backtracking algorithms in MCPL", 1997). */
export const solutions = task((size: number, board: Board): number => countFrom(size, board));

function countFrom(size: number, board: Board): number {
  if (board.row === size) return 1;
  let count = 0;
  for (const next of nextBoards(size, board)) count += countFrom(size, next);
  return count;
}

/** The sum of what other tasks have found. */
export const sum = task((counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0));
