/**
 * Why a finder is asked: more input has come; the window holds a whole block; the time for a block is over; the input
 * is at its end.
 */
export type Moment = "more" | "full" | "timeout" | "end";

/**
 * The ends of the blocks in `data`, ascending, greater than 0. The caller takes the data up to the last of them away
 * and asks again with what remains and what has come since; a finder keeps what it knows about the rest. At the end of
 * the input the caller takes the rest as a last block of its own.
 */
export type BlockFinder = (data: Buffer, moment: Moment) => readonly number[] | Promise<readonly number[]>;

/** True where a block must end now if it can. */
export function isDue(moment: Moment): boolean {
  return moment === "full" || moment === "timeout";
}
