import assert from "node:assert/strict";
import { blocksOf } from "./blocks.ts";
import type { Scenario } from "./scenario.ts";
import type { JournalLine, Part } from "./story.ts";

/** A driver writes so much at once, and a reader of a pipe gets so much of it in one piece. */
const BATCH_BYTES = 256 * 1024;
const PIECE_BYTES = 4096;

/**
 * Nobody can ask a pipe what it has passed on, so a batch that was written and not confirmed comes again from the next
 * driver. What holds for a reader of all the drivers' outputs:
 *
 * 1. Every driver shows whole outputs, the last one of a killed driver may be cut off.
 * 2. What is shown was announced in the journal before, and what was confirmed there had been shown whole.
 * 3. A driver first shows what its predecessors announced and did not confirm, in the order of their announcements.
 * 4. Nothing that was confirmed comes again, and nothing twice from one driver.
 * 5. Only what was read last of a killed driver comes again.
 * 6. All is shown in the end; with -k, in order.
 */
export function judgePipe(parts: readonly Part[], scenario: Scenario, tasks: readonly number[]): void {
  const seen = new Set<number>();
  const firstShown: number[] = [];
  /** Before the driver that is looked at. */
  let before: Announcements = { pending: [], confirmed: new Set() };
  let mayComeAgain = new Set<number>();
  parts.forEach(({ reads, records }, index) => {
    const who = `driver ${index + 1} of ${parts.length}`;
    const isLast = index === parts.length - 1;
    const found = blocksOf(reads.join(""), scenario, ["stdout"], isLast ? "whole" : "cut off");
    const after = announcements(records);
    assert.equal(new Set(found).size, found.length, `${who} shows a task twice`);
    const { pending } = before;
    assert.deepEqual(
      found.slice(0, pending.length),
      pending.slice(0, found.length),
      `${who} begins with what was pending`,
    );
    for (const task of found) {
      assert.ok(!before.confirmed.has(task), `${who} shows ${task} again, which was confirmed`);
      assert.ok(after.confirmed.has(task) || after.pending.includes(task), `${who}: ${task} not announced`);
      assert.ok(
        !seen.has(task) || mayComeAgain.has(task),
        `${who} shows ${task} again, which was not the last`,
      );
      if (!seen.has(task)) firstShown.push(task);
      seen.add(task);
    }
    for (const task of after.confirmed)
      assert.ok(seen.has(task), `${who} confirmed ${task}, which nobody saw`);
    if (isLast) assert.deepEqual(after.pending, [], "all is confirmed in the end");
    const last = lastOf(reads, scenario);
    // One that had shown nothing new leaves what its predecessors have left.
    mayComeAgain = new Set([...pending.filter((task) => mayComeAgain.has(task)), ...last]);
    before = after;
  });
  const shown = scenario.keepOrder ? firstShown : firstShown.sort((one, other) => one - other);
  assert.deepEqual(shown, tasks, "each task is shown");
}

interface Announcements {
  /** Announced and not confirmed, in the order of their first announcement. */
  readonly pending: readonly number[];
  readonly confirmed: ReadonlySet<number>;
}

/** A slow and obvious reading of the journal: the n-th announcement is confirmed when a later record counts to n. */
function announcements(records: readonly JournalLine[]): Announcements {
  const announced: number[] = [];
  const confirmed = new Set<number>();
  let sinceResumed = 0;
  for (const { type, task, showing, count } of records) {
    if (type === "showing" || (type === "outcome" && showing)) announced.push(task!);
    if (type === "resumed") sinceResumed = announced.length;
    if (type === "shown") for (const shown of announced.slice(sinceResumed, count)) confirmed.add(shown);
  }
  const pending = [...new Set(announced)].filter((task) => !confirmed.has(task));
  return { pending, confirmed };
}

/**
 * The tasks of which something was in the last batch. A batch that fits in a pipe at once is read in one piece, maybe
 * with others; of larger ones it is only known how large they can be.
 */
function lastOf(reads: readonly string[], scenario: Scenario): number[] {
  const found = blocksOf(reads.join(""), scenario, ["stdout"], "cut off");
  const earlier = reads.slice(0, -1).join("");
  const isSmall = reads.every((read) => read.length <= PIECE_BYTES);
  const from = isSmall ? earlier.length : reads.join("").length - BATCH_BYTES;
  return found.slice(
    blocksOf(reads.join("").slice(0, Math.max(0, from)), scenario, ["stdout"], "cut off").length,
  );
}
