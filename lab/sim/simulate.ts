import type { Effect, JobEvent } from "../../src/core/events.ts";
import { checkInvariants } from "../../src/core/invariants.ts";
import { createJob, step } from "../../src/core/step.ts";
import { formatEffect, formatEvent } from "../../src/core/transcripts/language.ts";
import { advance, createAgenda, enter } from "./agenda.ts";
import { createJudge, type Judge, must } from "./judge.ts";
import { seeEffect } from "./judge-effects.ts";
import { seeEvent } from "./judge-events.ts";
import { seeLast, seeRest } from "./judge-rest.ts";
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
  const job = createJob(scenario.policy);
  const waiting: JobEvent[] = [];
  let steps = 0;
  let timer = 0;
  let stepping = false;

  const raise = (event: EventBody): void => {
    waiting.push({ ...event, nowMs: agenda.nowMs });
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
    seeRest(judge);
    for (const effect of effects) perform(effect);
  };
  const launcher = simulatedLauncher(agenda, random, scenario, (event) => raise({ ...event }));
  const perform = (effect: Effect): void => {
    if (effect.type === "startAttempt") {
      if (random.chance(scenario.skipChance)) raise({ type: "attemptSkipped", task: effect.task });
      else launcher.start(effect.task, effect.attempt, effect.slot);
    } else if (effect.type === "signalAttempt") launcher.signal(effect.task);
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

  function makeTrouble(trouble: Trouble): void {
    switch (trouble.type) {
      case "slotDies":
        launcher.killSlot(random.int(1, scenario.slots));
        break;
      case "slotsChange": {
        raise({ type: "slotsChanged", slots: random.int(0, 10), depth: random.int(1, 4) });
        const { slots, depth } = scenario;
        enter(agenda, agenda.nowMs + random.int(0, 300), () => raise({ type: "slotsChanged", slots, depth }));
        break;
      }
      case "gate": {
        const reason = random.pick(["load", "memfree"]);
        raise({ type: "gateChanged", open: false, reason });
        enter(agenda, agenda.nowMs + random.int(0, 300), () =>
          raise({ type: "gateChanged", open: true, reason }),
        );
        break;
      }
      case "evict":
        raise({ type: "evictYoungest" });
        break;
      case "cancelTask":
        if (judge.added > 0) raise({ type: "cancel", task: victimOf(judge, random) });
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
  raise({ type: "slotsChanged", slots: scenario.slots, depth: scenario.depth });
  let atMs = 0;
  for (let left = scenario.tasks; left > 0; ) {
    const count = random.int(1, left);
    left -= count;
    later(atMs, () => raise({ type: "tasksAdded", count }));
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
