import type { Effect, JobEvent } from "../../src/core/events.ts";
import { checkInvariants } from "../../src/core/invariants.ts";
import { createJob, step } from "../../src/core/step.ts";
import { formatEffect, formatEvent } from "../../src/core/transcripts/language.ts";
import { advance, createAgenda, enter } from "./agenda.ts";
import { createGraph } from "./graph.ts";
import { createJudge, type Judge, must, slotKey } from "./judge.ts";
import { seeEffect } from "./judge-effects.ts";
import { seeEvent } from "./judge-events.ts";
import { seeLast, seeRest } from "./judge-rest.ts";
import type { Pool, PoolSize } from "./kinds.ts";
import { simulatedLauncher } from "./launcher.ts";
import { type Random, seededRandom } from "./random.ts";
import { type Scenario, scenarioOf, type Trouble } from "./scenario.ts";

export interface SimReport {
  readonly seed: number;
  readonly scenario: Scenario;
  /** Every event and its effects, as in a transcript. */
  readonly transcript: readonly string[];
  readonly steps: number;
  /** undefined: every promise was kept. */
  readonly broken: Error | undefined;
}

type EventBody = JobEvent extends infer E ? (E extends JobEvent ? Omit<E, "nowMs"> : never) : never;

const STEPS_MAX = 100_000;

/** One job from beginning to end, over simulated time and slots, with the judge behind every step. */
export function simulate(seed: number): SimReport {
  const random = seededRandom(seed);
  const scenario = scenarioOf(random);
  const transcript: string[] = [];
  const agenda = createAgenda();
  const judge = createJudge(scenario);
  const job = createJob(scenario.policy, scenario.kinds.classes[0]);
  const waiting: JobEvent[] = [];
  let steps = 0;
  let timer = 0;
  let stepping = false;

  const raise = (...events: EventBody[]): void => {
    for (const event of events) waiting.push({ ...event, nowMs: agenda.nowMs });
    if (stepping) return;
    stepping = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) take(next);
    stepping = false;
  };
  const take = (event: JobEvent): void => {
    must(++steps < STEPS_MAX, "the job does not end");
    transcript.push(formatEvent(event));
    seeEvent(judge, event);
    const effects = step(job, event);
    for (const effect of effects) {
      transcript.push(`    ${formatEffect(effect)}`);
      seeEffect(judge, effect, agenda.nowMs);
    }
    checkInvariants(job);
    if (event.type !== "attemptEnded" || !event.isFollowed) seeRest(judge, agenda.nowMs);
    for (const effect of effects) perform(effect);
    if (event.type === "tasksAdded" && event.blocked) {
      for (let task = job.added - event.count + 1; task <= job.added; task++) graph.add(task);
    }
  };
  const graph = createGraph(random, (type, task) => {
    if (!judge.resumed.has(task)) raise({ type, task });
  });
  const launcher = simulatedLauncher(agenda, random, scenario, (events) => raise(...events));
  const perform = (effect: Effect): void => {
    if (effect.type === "startAttempt") {
      if (random.chance(scenario.skipChance)) raise({ type: "attemptSkipped", task: effect.task });
      else launcher.start(effect.task, effect.attempt, judge.tasks.get(effect.task)!.held!.slot);
    } else if (effect.type === "recordOutcome") graph.ended(effect.task, effect.outcome.type === "succeeded");
    else if (effect.type === "signalAttempt") launcher.signal(effect.task);
    else if (effect.type === "returnAttempt") launcher.revoke(effect.task);
    else if (effect.type === "setTimer") setTimer(effect.atMs);
    else if (effect.type === "checkGate")
      answerCheck(raise, random, (ms, action) => enter(agenda, agenda.nowMs + ms, action));
  };
  const setTimer = (atMs: number): void => {
    const mine = ++timer;
    // Now and then a timer fires late, or too early.
    const offMs = random.chance(0.1) ? random.int(-5, 30) : 0;
    enter(agenda, atMs + offMs, () => {
      if (mine === timer) raise({ type: "timerFired" });
    });
  };

  try {
    for (const [from, to] of scenario.resumed) {
      for (let task = from; task <= to; task++) graph.ended(task, true);
    }
    feedInput(scenario, random, raise, (atMs, action) => enter(agenda, atMs, action));
    for (const trouble of scenario.troubles) {
      enter(agenda, trouble.atMs, () => {
        if (judge.summary === undefined) makeTrouble(trouble);
      });
    }
    while (advance(agenda));
    seeLast(judge);
    return { seed, scenario, transcript, steps, broken: undefined };
  } catch (error) {
    return { seed, scenario, transcript, steps, broken: error as Error };
  }

  function later(action: () => void): void {
    enter(agenda, agenda.nowMs + random.int(0, 300), action);
  }

  /** A machine is gone, and with it what ran there; often it comes back. */
  function losePlace(size: Pool, pool: number): void {
    const { homes, places } = size;
    if (homes === undefined || places === undefined) return;
    const lost = random.pick(homes);
    // Now and then the attempts are heard of before the machine.
    const close = (): void =>
      raise({ ...slotsOf(size, pool), places: places.map((place) => (place === lost ? 0 : place)) });
    if (random.chance(0.7)) close();
    for (const [index, home] of homes.entries()) {
      if (home === lost) launcher.killSlot(slotKey(pool, index + 1), true);
    }
    close();
    later(() => raise(slotsOf(size, pool)));
  }

  function makeTrouble(trouble: Trouble): void {
    const { kinds } = scenario;
    const pool = random.int(0, kinds.pools.length - 1);
    switch (trouble.type) {
      case "slotDies":
        launcher.killSlot(slotKey(pool, random.int(1, kinds.pools[pool]!.slots)), false);
        break;
      case "slotsChange": {
        raise({ type: "slotsChanged", ...otherSize(random, kinds.pools[pool]!), pool });
        later(() => raise(slotsOf(kinds.pools[pool]!, pool)));
        break;
      }
      case "placeLost":
        losePlace(kinds.pools[pool]!, pool);
        break;
      case "resourcesChange": {
        const totals = kinds.totals.map((total) => random.pick([0, 0.5, 1, 2]) * total);
        // The last ones may be gone altogether.
        raise({ type: "resourcesChanged", totals: totals.slice(0, random.int(0, totals.length)) });
        later(() => raise({ type: "resourcesChanged", totals: kinds.totals }));
        break;
      }
      case "gate": {
        const reason = random.pick(["load", "memfree"]);
        raise({ type: "gateChanged", open: false, reason });
        later(() => raise({ type: "gateChanged", open: true, reason }));
        break;
      }
      case "evict":
        raise({ type: "evictYoungest" });
        break;
      case "cancelTask":
        if (judge.added > 0)
          raise(...victimsOf(judge, random).map((task) => ({ type: "cancel", task }) as const));
        break;
      case "drain":
      case "cancel":
        raise({ type: trouble.type });
        break;
      default:
        trouble.type satisfies never;
    }
  }
}

function slotsOf(
  { slots, depth, places, weights }: Pool,
  pool: number,
): EventBody & { type: "slotsChanged" } {
  return { type: "slotsChanged", slots, depth, pool, ...(places && { places }), ...(weights && { weights }) };
}

/** More slots, fewer, or none; of those that have places some are closed, and some open that are else closed. */
function otherSize(random: Random, { homes, weights }: Pool): PoolSize {
  const slots = random.pick([0, random.int(0, 10)]);
  const depth = random.int(1, 4);
  if (homes === undefined) return { slots, depth };
  const openChance = random.pick([0.2, 0.7, 1]);
  const places = homes.map((home) => (random.chance(openChance) ? home : 0));
  const some = random.chance(0.5) ? places : places.slice(0, slots);
  return { slots: some.length, depth, places: some, ...(weights && random.chance(0.5) && { weights }) };
}

/** Often one, or several at once: what follows from the first is told to the scheduler after it has heard of the last. */
function victimsOf(judge: Judge, random: Random): number[] {
  return Array.from({ length: random.pick([1, 1, 4]) }, () => victimOf(judge, random));
}

/** Any task, but more often one that is in a slot. */
function victimOf(judge: Judge, random: Random): number {
  const held = [...judge.slots.values()].flat();
  return held.length > 0 && random.chance(0.7) ? random.pick(held) : random.int(1, judge.added);
}

function feedInput(
  scenario: Scenario,
  random: Random,
  raise: (event: EventBody) => void,
  later: (atMs: number, action: () => void) => void,
): void {
  for (const [from, to] of scenario.resumed) raise({ type: "resumed", from, to });
  const { classes, pools, totals, dependentChance } = scenario.kinds;
  if (totals.length > 0) raise({ type: "resourcesChanged", totals });
  for (const one of classes.slice(1)) raise({ type: "classAdded", class: one });
  for (const [pool, size] of pools.entries()) {
    // Often not all machines are there from the beginning.
    if (random.chance(0.3)) raise({ type: "slotsChanged", ...otherSize(random, size), pool });
    later(random.pick([0, random.int(0, 200)]), () => raise(slotsOf(size, pool)));
  }
  let atMs = 0;
  let first = 1;
  for (let left = scenario.tasks; left > 0; ) {
    const count = random.int(1, classes.length > 1 ? Math.min(4, left) : left);
    const kind = random.int(0, classes.length - 1);
    const blocked = first > 1 && random.chance(dependentChance);
    left -= count;
    first += count;
    later(atMs, () => raise({ type: "tasksAdded", count, class: kind, blocked }));
    if (random.chance(0.5)) atMs += random.int(0, 100);
  }
  later(atMs, () => raise({ type: "inputClosed" }));
}

function answerCheck(
  raise: (event: EventBody) => void,
  random: Random,
  later: (afterMs: number, action: () => void) => void,
): void {
  const reason = "limit";
  const isOpen = random.chance(0.7);
  later(random.int(0, 20), () => {
    raise({ type: "gateChanged", open: isOpen, reason });
    if (!isOpen) answerCheck(raise, random, later);
  });
}
