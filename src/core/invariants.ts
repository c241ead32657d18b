import { delayedUntilMs } from "./delay.ts";
import { firstInLine } from "./line.ts";
import { brokenStory } from "./move.ts";
import { taskIn } from "./slots.ts";
import { type JobState, runningCount, unsuccessful } from "./state.ts";
import { attemptsOf, SEGMENT_TASKS, stateOf } from "./task-table.ts";

/** What always holds between two steps. For tests: it looks at everything. Throws where something does not hold. */
export function checkInvariants(state: JobState): void {
  checkSlots(state);
  checkClock(state);
  checkLine(state);
  checkCounts(state);
  checkStop(state);
}

/** A task is in a slot if and only if its state says so; the first one of a slot runs, the others do not. */
function checkSlots(state: JobState): void {
  const { slots, table } = state;
  let held = 0;
  let queued = 0;
  let comingBack = 0;
  for (let slot = 1; slot <= slots.made; slot++) {
    const load = slots.loads[slot]!;
    held += load;
    for (let level = 0; level < slots.levels.length; level++) {
      const bit = (slots.levels[level]![slot >>> 5]! >>> (slot & 31)) & 1;
      if (bit !== Number(level === load))
        throw new Error(`slot ${slot} has load ${load}, but level ${level} has ${bit}`);
    }
    for (let place = 0; place < load; place++) {
      const task = taskIn(slots, slot, place);
      if (slots.slotOf.get(task) !== slot) throw brokenStory(state, task, `is in slot ${slot} by mistake`);
      const known = stateOf(table, task);
      const runs =
        known === "running" || known === "timingOut" || known === "cancelling" || known === "evicting";
      const waitsItsTurn = known === "queued" || known === "returning" || known === "dropping";
      if (place === 0 ? !runs : !waitsItsTurn)
        throw brokenStory(state, task, `is number ${place} of slot ${slot}`);
      if (known === "queued") queued++;
      if (known === "returning" || known === "dropping") comingBack++;
      if (attemptsOf(table, task) < 1) throw brokenStory(state, task, "is in a slot without an attempt");
    }
  }
  if (held !== slots.slotOf.size) throw new Error(`slots hold ${held} tasks, slotOf ${slots.slotOf.size}`);
  if (queued !== state.queued) throw new Error(`${queued} tasks are queued, counted ${state.queued}`);
  if (comingBack !== state.comingBack)
    throw new Error(`${comingBack} come back, counted ${state.comingBack}`);
}

/** The clock has exactly the slots whose first task is `running`, in order of start. */
function checkClock(state: JobState): void {
  const { slots, table } = state;
  const onClock = new Set<number>();
  let before = 0;
  for (let slot = slots.oldest; slot !== 0; slot = slots.younger[slot]!) {
    if (onClock.has(slot) || slots.older[slot] !== before)
      throw new Error(`the clock is broken at slot ${slot}`);
    if (before !== 0 && slots.startMs[before]! > slots.startMs[slot]!)
      throw new Error("the clock is out of order");
    onClock.add(slot);
    before = slot;
  }
  if (slots.youngest !== before) throw new Error("the clock does not end with the youngest");
  for (let slot = 1; slot <= slots.made; slot++) {
    const first = taskIn(slots, slot, 0);
    const runs = first !== 0 && stateOf(table, first) === "running";
    if (runs !== onClock.has(slot)) throw new Error(`slot ${slot}: running ${runs}, on the clock ${!runs}`);
  }
}

/** Every waiting task is in line exactly once. */
function checkLine(state: JobState): void {
  const { line, table } = state;
  const again = line.again.filter((task) => stateOf(table, task) === "waiting");
  if (new Set(again).size !== again.length) throw new Error("a task is in line twice");
  for (const task of again) if (task >= line.fresh) throw brokenStory(state, task, "is in line twice");
  const inHeap = new Set(again);
  for (let index = 0; index * SEGMENT_TASKS < line.fresh; index++) {
    if (table.segments[index] === null) continue;
    const end = Math.min(line.fresh, (index + 1) * SEGMENT_TASKS);
    for (let task = Math.max(1, index * SEGMENT_TASKS); task < end; task++) {
      if (stateOf(table, task) === "waiting" && !inHeap.has(task))
        throw brokenStory(state, task, "has left the line");
    }
  }
}

function checkCounts(state: JobState): void {
  const { counts, slots, line } = state;
  const ended = counts.succeeded + unsuccessful(counts) + state.resumed;
  const held = slots.slotOf.size;
  if (ended + held > line.added)
    throw new Error(`${ended} ended and ${held} in slots, of ${line.added} tasks`);
  if (state.inputClosed && state.ended && state.stop === "no" && ended !== line.added) {
    throw new Error(`the job has ended with ${ended} outcomes of ${line.added}`);
  }
}

/** Nothing is left undone: what could start has started. */
function checkStop(state: JobState): void {
  if (state.ended && state.slots.slotOf.size > 0) throw new Error("the job has ended with tasks in slots");
  if (state.stop !== "no" && state.queued > 0) throw new Error("queued tasks were not asked back");
  if (runningCount(state) > state.slots.made) throw new Error("more attempts run than there are slots");
  const { slots } = state;
  if (state.stop !== "no" || state.closedGates.size > 0 || slots.slotOf.size > 0 || slots.count === 0) return;
  const delayed = delayedUntilMs(state) > state.nowMs && firstInLine(state.line, state.table) !== 0;
  if (delayed && state.timerAtMs === Number.POSITIVE_INFINITY) throw new Error("a delayed task has no timer");
}
