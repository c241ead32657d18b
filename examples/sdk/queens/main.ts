// N queens on a board, none of which can take another: node examples/sdk/queens/main.ts [N]
//
// By recursion: a board is divided into its next boards, down to a depth, and each of these is a task. Their sums are tasks
// too, whose arguments are refs, so that the graph of tasks has the shape of the recursion.
import { connect, type Ref, type Yonder } from "yonder-run";
import { type Board, EMPTY, nextBoards, solutions, sum } from "./tasks.ts";

const size = Number(process.argv[2] ?? 10);
const DIVIDED_ROWS = 2;

await using y = await connect();
console.log(`${size} queens: ${await count(y, EMPTY)} solutions`);

function count(y: Yonder, board: Board): Ref<number> {
  if (board.row >= DIVIDED_ROWS) return y.run(solutions, size, board);
  return y.run(
    sum,
    nextBoards(size, board).map((next) => count(y, next)),
  );
}
