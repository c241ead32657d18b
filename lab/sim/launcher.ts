import type { JobEvent } from "../../src/core/events.ts";
import { type Agenda, enter } from "./agenda.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";

/**
 * Simulated slots that behave like real ones: each runs its attempts one after the other and begins the next by itself,
 * before anybody has heard of the end of the last; its messages arrive in order, and late.
 */
export interface Launcher {
  /** @param slot its name: see `slotKey`. */
  start(task: number, attempt: number, slot: string): void;
  signal(task: number): void;
  /** Takes back an attempt that has not begun; does nothing where it has. */
  revoke(task: number): void;
  /** @param interrupted it says that what ran there is not to blame. */
  killSlot(slot: string, interrupted: boolean): void;
}

interface SimAttempt {
  readonly task: number;
  readonly attempt: number;
  signalled: boolean;
  gone: boolean;
}

interface SimSlot {
  readonly name: string;
  /** The first one runs. */
  readonly attempts: SimAttempt[];
  lastMessageAtMs: number;
  /** Ends that go in one message with the next one. */
  waiting: AttemptEnded[];
}

type AttemptEnded = Extract<JobEvent, { type: "attemptEnded" }>;
type AttemptReturned = Extract<JobEvent, { type: "attemptReturned" }>;
/** One message of a slot: ends, and after them perhaps what has come back. */
export type SlotMessage = readonly (AttemptEnded | AttemptReturned)[];

/** How often the end of an attempt with others behind it waits for the next message of its slot. */
const TOGETHER = 0.2;

/** @param occupied slots in which something runs, whoever has launched it */
export function simulatedLauncher(
  agenda: Agenda,
  random: Random,
  scenario: Scenario,
  report: (message: SlotMessage) => void,
  occupied: Set<string>,
): Launcher {
  const slots = new Map<string, SimSlot>();
  const running = new Set<number>();

  const send = (slot: SimSlot, event: AttemptEnded | AttemptReturned): void => {
    slot.lastMessageAtMs = Math.max(slot.lastMessageAtMs, agenda.nowMs + random.next() * scenario.latencyMs);
    const ends = slot.waiting;
    slot.waiting = [];
    enter(agenda, slot.lastMessageAtMs, () => report([...ends, event]));
  };
  const sendEnd = (slot: SimSlot, event: AttemptEnded): void => {
    if (slot.attempts.length > 0 && random.chance(TOGETHER)) slot.waiting.push(event);
    else send(slot, event);
  };
  const begin = (slot: SimSlot): void => {
    const first = slot.attempts[0];
    if (first === undefined) return;
    if (running.has(first.task)) throw new Error(`two attempts of task ${first.task} run at the same time`);
    running.add(first.task);
    if (occupied.has(slot.name)) throw new Error(`two attempts run at the same time in slot ${slot.name}`);
    occupied.add(slot.name);
    const slow = random.chance(scenario.slowChance);
    const runMs = slow ? random.int(500, 4000) : random.int(0, 60);
    const exitCode = random.chance(scenario.failChance) ? random.int(1, 255) : 0;
    enter(agenda, agenda.nowMs + runMs, () => end(slot, first, exitCode, 0));
  };
  const end = (
    slot: SimSlot,
    attempt: SimAttempt,
    exitCode: number,
    signal: number,
    interrupted = false,
  ): void => {
    if (attempt.gone) return;
    attempt.gone = true;
    slot.attempts.shift();
    running.delete(attempt.task);
    occupied.delete(slot.name);
    const isFinal = exitCode !== 0 && random.chance(scenario.workload.finalChance);
    sendEnd(slot, {
      type: "attemptEnded",
      nowMs: 0,
      task: attempt.task,
      attempt: attempt.attempt,
      exitCode,
      signal,
      ...(isFinal ? { retriable: false } : {}),
      ...(interrupted ? { interrupted } : {}),
    });
    begin(slot);
  };
  const giveBack = (slot: SimSlot, attempt: SimAttempt): void => {
    slot.attempts.splice(slot.attempts.indexOf(attempt), 1);
    send(slot, { type: "attemptReturned", nowMs: 0, task: attempt.task, attempt: attempt.attempt });
  };
  const find = (task: number): readonly [SimSlot, SimAttempt] | undefined => {
    for (const slot of slots.values()) {
      const attempt = slot.attempts.find((one) => one.task === task);
      if (attempt) return [slot, attempt];
    }
    return undefined;
  };

  return {
    start(task, attempt, name) {
      const slot = slots.get(name) ?? { name, attempts: [], lastMessageAtMs: 0, waiting: [] };
      slots.set(name, slot);
      slot.attempts.push({ task, attempt, signalled: false, gone: false });
      if (slot.attempts.length === 1) begin(slot);
    },
    signal(task) {
      const found = find(task);
      if (!found) return;
      const [slot, attempt] = found;
      if (slot.attempts[0] !== attempt || attempt.signalled) return;
      attempt.signalled = true;
      // It obeys, or must be killed, or ends as it likes.
      const [exitCode, signal, afterMs] = random.pick([
        [0, 15, 1],
        [0, 9, 300],
        [0, 0, 20],
        [3, 0, 20],
      ] as const);
      enter(agenda, agenda.nowMs + afterMs, () => end(slot, attempt, exitCode, signal));
    },
    revoke(task) {
      const found = find(task);
      if (found && found[0].attempts[0] !== found[1]) giveBack(...found);
    },
    killSlot(name, interrupted) {
      const slot = slots.get(name);
      if (slot === undefined) return;
      while (slot.attempts.length > 1) giveBack(slot, slot.attempts.at(-1)!);
      if (slot.attempts[0]) end(slot, slot.attempts[0], 0, 9, interrupted);
    },
  };
}
