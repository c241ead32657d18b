import { YonderError } from "../interface/errors.ts";
import type { Row } from "../interface/task.ts";
import type { RowGenerator, RowQueue } from "./row-queue.ts";

/**
 * --link: one row of each source for each row, until the longest source ends; shorter ones start again. A source is
 * held while another might outlast it: once all others have ended, the last one streams.
 */
export function* linkedRows(queues: readonly RowQueue[]): RowGenerator {
  const held: Row[][] = queues.map(() => []);
  const live = new Set(queues.keys());
  for (let index = 0; ; index++) {
    const parts: (Row | undefined)[] = [];
    let fresh = false;
    for (const [place, queue] of queues.entries()) {
      const row = live.has(place) ? yield* queue.next() : undefined;
      if (row === undefined) live.delete(place);
      else if (live.size > 1) held[place]!.push(row);
      fresh ||= row !== undefined;
      parts.push(row ?? held[place]![index % held[place]!.length]);
    }
    if (!fresh) return;
    yield parts.flatMap((part, place) => part ?? refuseEmpty(place));
  }
}

/** GNU parallel dies of this, with the same exit status. */
export function refuseEmpty(place: number): never {
  throw new YonderError("INPUT", {
    message: `Input source ${place + 1} is empty and cannot be linked.`,
    remedy: "Give it at least one value, or leave it out.",
  });
}
