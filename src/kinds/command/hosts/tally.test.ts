import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptEnd } from "../../../interface/launcher.ts";
import { countEnd, newTally, type Tally, tallyText } from "./tally.ts";

const OK: AttemptEnd = { id: 1, exit: { exitCode: 0, signal: 0 }, startMs: 1000, endMs: 3000 };

/** A host that was given so many attempts, which have ended so. */
function tallyOf(...ends: Partial<AttemptEnd>[]): Tally {
  const tally = newTally();
  tally.running = ends.length;
  for (const end of ends) countEnd(tally, { ...OK, ...end });
  return tally;
}

test("what ended, and how long it took", () => {
  const tally = tallyOf({}, { endMs: 2000 }, { exit: { exitCode: 1, signal: 0 } });
  assert.deepEqual([tally.running, tally.ended, tally.failed, tally.totalMs], [0, 3, 1, 5000]);
  assert.equal(tallyText("alice", tally, true), "alice: 3 jobs, 1 failed, 1.67 s each");
});

test("one that was lost has not ended, and one that never began is nobody's", () => {
  const tally = tallyOf({}, { lost: "gone" }, { unstarted: true }, { lost: "gone", unstarted: true });
  assert.deepEqual([tally.running, tally.ended, tally.lost], [0, 1, 1]);
});

test("a death by signal is a failure", () => {
  assert.equal(tallyOf({ exit: { exitCode: 0, signal: 9 } }).failed, 1);
});

test("a host that was lost, and one that came back", () => {
  const tally = { ...tallyOf({}, { lost: "no answer" }), losses: 1, reason: "no answer" };
  assert.equal(tallyText("bob", tally, false), "bob: 1 job, 1 lost, 2.00 s each, was lost once (no answer)");
  assert.match(
    tallyText("bob", { ...tally, losses: 2 }, true),
    /, was lost 2 times \(no answer\), and is back$/,
  );
});

test("a host that was never there is told from one that was lost before it had done anything", () => {
  assert.equal(tallyText("eve", newTally(), false), "eve: not reached");
  const lost = { ...newTally(), losses: 1, reason: "timed out" };
  assert.equal(tallyText("eve", lost, false), "eve: 0 jobs, was lost once (timed out)");
});
