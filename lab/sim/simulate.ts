import type { Effect, JobEvent, Outcome } from "../../src/core/events.ts";
import { checkInvariants } from "../../src/core/invariants.ts";
import { formatEffect, formatEvent } from "../../src/core/transcripts/language.ts";
import { createDriver } from "../../src/driver/create-driver.ts";
import type { Driver, SlotsOfPool } from "../../src/driver/driver.ts";
import { createObservers } from "../../src/driver/observers.ts";
import { advance, createAgenda, enter } from "./agenda.ts";
import { createGraph } from "./graph.ts";
import { createJudge, type Judge, must, slotKey } from "./judge.ts";
import { seeEffect } from "./judge-effects.ts";
import { seeEvent } from "./judge-events.ts";
import { seeLast, seeRest } from "./judge-rest.ts";
import { type Random, seededRandom } from "./random.ts";
import { type Scenario, scenarioOf, type Trouble } from "./scenario.ts";
import { type SimTask, simulatedKind } from "./sim-kind.ts";
import type { Pool, PoolSize } from "./workload.ts";

export interface SimReport {
  readonly seed: number;
  readonly scenario: Scenario;
  /** Every event and its effects, as in a transcript. */
  readonly transcript: readonly string[];
  readonly steps: number;
  /** undefined: every promise was kept. */
  readonly broken: Error | undefined;
}

const STEPS_MAX = 100_000;

/** One job from beginning to end, over simulated time and slots, with the judge behind every step of its driver. */
export async function simulate(seed: number): Promise<SimReport> {
  const random = seededRandom(seed);
  const scenario = scenarioOf(random);
  const transcript: string[] = [];
  const agenda = createAgenda();
  const judge = createJudge(scenario);
  const resumed = new Set<number>();
  let steps = 0;
  let broken: Error | undefined;

  const driver = createDriver<SimTask>({
    policy: scenario.policy,
    ...(scenario.workload.classes[0] && { plainClass: scenario.workload.classes[0] }),
    observer: createObservers<SimTask>(),
    onStep: see,
    time: { nowMs: () => agenda.nowMs, timer: later },
    onBroken: (error) => void (broken ??= error as Error),
  });
  driver.done.catch(() => {}); // onBroken has it
  driver.askGates((onBlocked) =>
    answerCheck(onBlocked, random, (ms, action) => enter(agenda, agenda.nowMs + ms, action)),
  );
  const graph = createGraph(random, (type, task) => {
    if (type === "unblocked") driver.unblock(task);
    else driver.failInput(task);
  });
  const occupied = new Set<string>();
  const parts = {
    agenda,
    random,
    scenario,
    driver: () => driver,
    occupied,
    over: (task: number, { type }: Outcome) => graph.ended(task, type === "succeeded"),
  };
  const kinds = ["one", "other"].map((name) => simulatedKind(name, parts));
  let added = 0;
  let isCancelled = false;
  let atNextStep: readonly (() => void)[] = [];

  function see(event: JobEvent, effects: readonly Effect[]): void {
    must(++steps < STEPS_MAX, "the job does not end");
    const isAll = event.type === "cancel" && event.task === undefined;
    must(!isAll || isCancelled, "all is cancelled where nobody has asked for it");
    transcript.push(formatEvent(event));
    seeEvent(judge, event);
    for (const effect of effects) {
      transcript.push(`    ${formatEffect(effect)}`);
      seeEffect(judge, effect, agenda.nowMs);
    }
    checkInvariants(driver.state);
    if (event.type !== "attemptEnded" || !event.isFollowed) seeRest(judge, agenda.nowMs);
    const acts = atNextStep;
    atNextStep = [];
    for (const act of acts) act();
  }

  /** Now and then a timer fires late, or too early. */
  function later(inMs: number, act: () => void): () => void {
    let isForgotten = false;
    const offMs = random.chance(0.1) ? random.int(-5, 30) : 0;
    enter(agenda, agenda.nowMs + inMs + offMs, () => isForgotten || act());
    return () => void (isForgotten = true);
  }

  /** Within a step: what follows from one of them waits until the driver has heard of all. */
  function inOneTurn(acts: readonly (() => void)[]): void {
    atNextStep = acts;
    driver.wasStopped(0);
  }

  function addTasks(count: number, ofClass: number, isBlocked: boolean): void {
    const seqs = Array.from({ length: count }, () => ++added);
    for (const seq of seqs) {
      const task = { seq, kind: random.pick(kinds).kind, class: ofClass, isBlocked };
      if (resumed.has(seq)) driver.addResumed(task);
      else driver.add(task);
    }
    driver.admit();
    if (isBlocked) for (const seq of seqs) graph.add(seq);
  }

  try {
    for (const [from, to] of scenario.resumed) {
      for (let task = from; task <= to; task++) resumed.add(task);
    }
    for (const task of resumed) graph.ended(task, true);
    feedInput(scenario, random, driver, addTasks, (atMs, action) => enter(agenda, atMs, action));
    for (const trouble of scenario.troubles) {
      enter(agenda, trouble.atMs, () => {
        if (judge.summary === undefined) makeTrouble(trouble);
      });
    }
    while (broken === undefined && advance(agenda)) await turnOver();
    if (broken === undefined) seeLast(judge);
  } catch (error) {
    broken ??= error as Error;
  }
  return { seed, scenario, transcript, steps, broken };

  function soon(action: () => void): void {
    enter(agenda, agenda.nowMs + random.int(0, 300), action);
  }

  function killSlot(name: string, isInterrupted: boolean): void {
    for (const { launcher } of kinds) launcher.killSlot(name, isInterrupted);
  }

  /** A machine is gone, and with it what ran there; often it comes back. */
  function losePlace(size: Pool, pool: number): void {
    const { homes, places } = size;
    if (homes === undefined || places === undefined) return;
    const lost = random.pick(homes);
    // Now and then the attempts are heard of before the machine.
    const close = (): void =>
      driver.setSlots(pool, {
        ...slotsOf(size),
        places: places.map((place) => (place === lost ? 0 : place)),
      });
    if (random.chance(0.7)) close();
    for (const [index, home] of homes.entries()) {
      if (home === lost) killSlot(slotKey(pool, index + 1), true);
    }
    close();
    soon(() => driver.setSlots(pool, slotsOf(size)));
  }

  function makeTrouble(trouble: Trouble): void {
    const { workload } = scenario;
    const pool = random.int(0, workload.pools.length - 1);
    switch (trouble.type) {
      case "slotDies":
        killSlot(slotKey(pool, random.int(1, workload.pools[pool]!.slots)), false);
        break;
      case "slotsChange": {
        driver.setSlots(pool, otherSize(random, workload.pools[pool]!));
        soon(() => driver.setSlots(pool, slotsOf(workload.pools[pool]!)));
        break;
      }
      case "placeLost":
        losePlace(workload.pools[pool]!, pool);
        break;
      case "resourcesChange": {
        const totals = workload.totals.map((total) => random.pick([0, 0.5, 1, 2]) * total);
        // The last ones may be gone altogether.
        driver.setResources(totals.slice(0, random.int(0, totals.length)));
        soon(() => driver.setResources(workload.totals));
        break;
      }
      case "gate": {
        const reason = random.pick(["load", "memfree"]);
        driver.gate(reason, false);
        soon(() => driver.gate(reason, true));
        break;
      }
      case "evict":
        driver.evictYoungest();
        break;
      case "cancelTask":
        if (judge.added > 0) inOneTurn(victimsOf(judge, random).map((task) => () => driver.cancel(task)));
        break;
      case "drain":
        driver.drain();
        break;
      case "cancel":
        isCancelled = true;
        driver.cancel();
        break;
      default:
        trouble.type satisfies never;
    }
  }
}

function slotsOf({ slots, depth, places, weights }: Pool): SlotsOfPool {
  return { slots, depth, ...(places && { places }), ...(weights && { weights }) };
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
  driver: Driver<SimTask>,
  addTasks: (count: number, ofClass: number, isBlocked: boolean) => void,
  later: (atMs: number, action: () => void) => void,
): void {
  const { classes, pools, totals, dependentChance } = scenario.workload;
  if (totals.length > 0) driver.setResources(totals);
  for (const [index, one] of classes.slice(1).entries()) driver.classOf(String(index), () => one);
  for (const [pool, size] of pools.entries()) {
    // Often not all machines are there from the beginning.
    if (random.chance(0.3)) driver.setSlots(pool, otherSize(random, size));
    later(random.pick([0, random.int(0, 200)]), () => driver.setSlots(pool, slotsOf(size)));
  }
  let atMs = 0;
  let first = 1;
  for (let left = scenario.tasks; left > 0; ) {
    const count = random.int(1, classes.length > 1 ? Math.min(4, left) : left);
    const ofClass = random.int(0, classes.length - 1);
    const isBlocked = first > 1 && random.chance(dependentChance);
    left -= count;
    first += count;
    later(atMs, () => addTasks(count, ofClass, isBlocked));
    if (random.chance(0.5)) atMs += random.int(0, 100);
  }
  later(atMs, driver.closeInput);
}

/** Looks until starts are allowed. */
function answerCheck(
  onBlocked: (reason: string) => void,
  random: Random,
  later: (afterMs: number, action: () => void) => void,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void =>
    later(random.int(0, 20), () => {
      if (random.chance(0.7)) return resolve();
      onBlocked("limit");
      look();
    });
  look();
  return promise;
}

/** What waits for promises goes on. */
async function turnOver(): Promise<void> {
  for (let ticks = 0; ticks < 4; ticks++) await undefined;
}
