import { classStateOf, slotsOf } from "./classes.ts";
import { delayedUntilMs } from "./delay.ts";
import { checkPlaces } from "./invariants-places.ts";
import { placesFor } from "./lanes.ts";
import { firstInLine } from "./line.ts";
import { impossibleEvent } from "./move.ts";
import { impossibleNeed } from "./resources.ts";
import { nextRestEndMs } from "./retry.ts";
import { taskIn } from "./slots.ts";
import { type JobState, type Lane, runningCount, unsuccessful } from "./state.ts";
import { attemptsOf, classOf, stateOf } from "./task-table.ts";

/** What always holds between two steps. For tests: it looks at everything. Throws where something does not hold. */
export function checkInvariants(state: JobState): void {
  checkSlots(state);
  for (const slots of state.pools) checkPlaces(slots);
  checkResources(state);
  checkClock(state);
  checkLine(state);
  checkCounts(state);
  checkStop(state);
  checkFailures(state);
}

/** A task is in a slot if and only if its state says so; the first one of a slot runs, the others do not. */
function checkSlots(state: JobState): void {
  const found = { held: 0, queued: 0, comingBack: 0 };
  for (const [pool, slots] of state.pools.entries()) {
    for (let slot = 1; slot <= slots.made; slot++) checkSlot(state, pool, slot, found);
  }
  const { held, queued, comingBack } = found;
  if (held !== state.slotOf.size) throw new Error(`slots hold ${held} tasks, slotOf ${state.slotOf.size}`);
  if (queued !== state.queued) throw new Error(`${queued} tasks are queued, counted ${state.queued}`);
  if (comingBack !== state.comingBack)
    throw new Error(`${comingBack} come back, counted ${state.comingBack}`);
}

function checkSlot(
  state: JobState,
  pool: number,
  slot: number,
  found: { held: number; queued: number; comingBack: number },
): void {
  const { table } = state;
  const slots = state.pools[pool]!;
  const load = slots.loads[slot]!;
  found.held += load;
  const holder = slots.holders[slot];
  if ((holder === undefined) !== (load === 0)) throw new Error(`slot ${slot} holds resources by mistake`);
  for (let position = 0; position < load; position++) {
    const task = taskIn(slots, slot, position);
    const taskClass = classStateOf(state, task);
    if (state.slotOf.get(task) !== slot || taskClass.spec.pool !== pool)
      throw impossibleEvent(state, task, `is in slot ${slot} of pool ${pool} by mistake`);
    if (taskClass.needsKey !== holder?.needsKey)
      throw impossibleEvent(state, task, "needs what its slot lacks");
    const known = stateOf(table, task);
    const runs =
      known === "running" || known === "timingOut" || known === "cancelling" || known === "evicting";
    const waitsItsTurn = known === "queued" || known === "returning" || known === "dropping";
    if (position === 0 ? !runs : !waitsItsTurn)
      throw impossibleEvent(state, task, `is number ${position} of slot ${slot}`);
    if (known === "queued") found.queued++;
    if (known === "queued" && slots.isOpen[slot] === 0)
      throw impossibleEvent(state, task, "is queued in a closed slot");
    if (known === "returning" || known === "dropping") found.comingBack++;
    if (attemptsOf(table, task) < 1) throw impossibleEvent(state, task, "is in a slot without an attempt");
  }
}

/** What slots hold and what is free is all there is. */
function checkResources(state: JobState): void {
  const { totals, free } = state.resources;
  const held = totals.map(() => 0);
  for (const slots of state.pools) {
    for (const holder of slots.holders) {
      for (const { resource, amount } of holder?.spec.needs ?? []) held[resource]! += amount;
    }
  }
  for (const [resource, total] of totals.entries()) {
    if (Math.abs(total - free[resource]! - held[resource]!) > 1e-6)
      throw new Error(
        `of resource ${resource}, ${free[resource]} are free and ${held[resource]} held of ${total}`,
      );
  }
}

/** The clocks have exactly the slots whose first task is `running`, each class its own, in order of start. */
function checkClock(state: JobState): void {
  const onClock = state.pools.map(() => new Set<number>());
  for (const taskClass of state.classes) {
    const slots = slotsOf(state, taskClass);
    const seen = onClock[taskClass.spec.pool]!;
    let before = 0;
    for (let slot = taskClass.oldest; slot !== 0; slot = slots.younger[slot]!) {
      if (seen.has(slot) || slots.older[slot] !== before)
        throw new Error(`the clock is broken at slot ${slot}`);
      if (before !== 0 && slots.startMs[before]! > slots.startMs[slot]!)
        throw new Error("the clock is out of order");
      if (classStateOf(state, taskIn(slots, slot, 0)) !== taskClass)
        throw new Error(`slot ${slot} is on the clock of another class`);
      seen.add(slot);
      before = slot;
    }
    if (taskClass.youngest !== before) throw new Error("the clock does not end with the youngest");
  }
  for (const [pool, slots] of state.pools.entries()) {
    for (let slot = 1; slot <= slots.made; slot++) {
      const first = taskIn(slots, slot, 0);
      const runs = first !== 0 && stateOf(state.table, first) === "running";
      if (runs !== onClock[pool]!.has(slot))
        throw new Error(`slot ${slot}: running ${runs}, on the clock ${!runs}`);
    }
  }
}

/** Every waiting task is in the line of its class, or rests, exactly once. */
function checkLine(state: JobState): void {
  const { table } = state;
  const known = (task: number): boolean => stateOf(table, task) === "waiting";
  const seen = new Set<number>();
  const see = (task: number, classNumber: number): void => {
    if (!known(task)) return;
    if (seen.has(task)) throw impossibleEvent(state, task, "is in line twice");
    if (classOf(table, task) !== classNumber) throw impossibleEvent(state, task, "is in the wrong line");
    seen.add(task);
  };
  for (const { of, line, failedAt } of state.turns.order) {
    const number = state.classes.indexOf(of);
    for (const task of line.again) {
      see(task, number);
      if (known(task) && state.failedAt.get(task) !== (failedAt.size > 0 ? failedAt : undefined))
        throw impossibleEvent(state, task, "waits in the lane of those that failed elsewhere");
    }
    for (let at = line.at; at < line.fresh.length; at += 2) {
      for (let task = line.fresh[at]!; task <= line.fresh[at + 1]!; task++) see(task, number);
    }
  }
  for (const { task } of state.resting) see(task, classOf(table, task));
  let blocked = 0;
  for (let task = 1; task <= state.added; task++) {
    if (known(task) && !seen.has(task)) throw impossibleEvent(state, task, "has left the line");
    if (stateOf(table, task) === "blocked") blocked++;
  }
  if (blocked !== state.blocked) throw new Error(`${blocked} tasks are blocked, counted ${state.blocked}`);
}

/** Failures are remembered of those that wait for a retry, or run one; an empty lane is gone by the next step. */
function checkFailures(state: JobState): void {
  const lanes = state.turns.order;
  for (const [task, places] of state.failedAt) {
    const known = stateOf(state.table, task);
    const isOpen = known === "waiting" || state.slotOf.has(task);
    if (!isOpen || places.size === 0 || attemptsOf(state.table, task) < 1)
      throw impossibleEvent(state, task, "its failures are remembered by mistake");
  }
  for (const of of state.classes) {
    const own = lanes.filter((lane) => lane.of === of);
    const isRight = own.length === 1 + of.elsewhere.size && own.every((lane) => isListed(lane));
    if (!isRight) throw new Error(`class ${state.classes.indexOf(of)} has lanes that are not in order`);
  }
}

function isListed({ of, line, key }: Lane): boolean {
  return key === "" ? line === of.line : of.elsewhere.get(key)?.line === line;
}

function checkCounts(state: JobState): void {
  const { counts, added } = state;
  const ended = counts.succeeded + unsuccessful(counts) + state.resumed;
  const held = state.slotOf.size;
  if (ended + held + state.blocked > added)
    throw new Error(`${ended} ended, ${held} in slots and ${state.blocked} blocked, of ${added} tasks`);
  if (state.inputClosed && state.ended && state.stop === "no" && ended !== added) {
    throw new Error(`the job has ended with ${ended} outcomes of ${added}`);
  }
}

/** Nothing is left undone: what could start has started. */
function checkStop(state: JobState): void {
  if (state.ended && state.slotOf.size > 0) throw new Error("the job has ended with tasks in slots");
  if (state.stop !== "no" && state.queued > 0) throw new Error("queued tasks were not asked back");
  const made = state.pools.reduce((sum, slots) => sum + slots.made, 0);
  if (runningCount(state) > made) throw new Error("more attempts run than there are slots");
  if (state.stop !== "no" || state.closedGates.size > 0 || state.slotOf.size > 0) return;
  const delayed =
    delayedUntilMs(state) > state.nowMs && state.turns.order.some((lane) => couldStart(state, lane));
  const rests = nextRestEndMs(state) < Number.POSITIVE_INFINITY;
  if ((delayed || rests) && state.timerAtMs === Number.POSITIVE_INFINITY)
    throw new Error("a task that waits for its time has no timer");
}

/** Whether a task of the lane waits that nothing keeps from all slots, which are empty. */
function couldStart(state: JobState, { of, line, failedAt }: Lane): boolean {
  if (firstInLine(line, state.table) === 0) return false;
  if (!placesFor(state, of, failedAt).some(({ open }) => open > 0)) return false;
  return impossibleNeed(state.resources, of.spec.needs) === undefined;
}
