import type { Outcome } from "../../src/core/events.ts";
import type { AttemptEnd, Driver } from "../../src/driver/driver.ts";
import { type Attempt, type Ended, SKIPPED, type Task, type TaskKind } from "../../src/driver/kind.ts";
import type { Agenda } from "./agenda.ts";
import { must, slotKey } from "./judge.ts";
import { type Launcher, type SlotMessage, simulatedLauncher } from "./launcher.ts";
import type { Random } from "./random.ts";
import type { Scenario } from "./scenario.ts";

export interface SimTask extends Task {
  /** It waits for others before it gets in line. */
  readonly isBlocked: boolean;
}

/** What an end tells. When the attempt began is for the scheduler to know, which has seen its slot. */
interface SimEnd extends Ended {
  readonly task: number;
}

export interface SimKind {
  readonly kind: TaskKind<SimTask, undefined, SimEnd, SimEnd>;
  readonly launcher: Launcher;
}

export interface SimKindParts {
  readonly agenda: Agenda;
  readonly random: Random;
  readonly scenario: Scenario;
  readonly driver: () => Driver<SimTask>;
  readonly occupied: Set<string>;
  readonly over: (task: number, outcome: Outcome) => void;
}

/** A kind of task whose attempts run in simulated slots. Several of them share the slots. */
export function simulatedKind(name: string, parts: SimKindParts): SimKind {
  const { agenda, random, scenario, occupied } = parts;
  const attempts = new Map<string, Attempt<SimTask>>();
  const launcher = simulatedLauncher(agenda, random, scenario, report, occupied);

  function report(message: SlotMessage): void {
    const driver = parts.driver();
    const ends: AttemptEnd<SimTask>[] = [];
    for (const event of message) {
      const attempt = attempts.get(`${event.task}.${event.attempt}`)!;
      if (event.type === "attemptEnded") {
        ends.push({ attempt, end: { ...event, startMs: 0, endMs: agenda.nowMs } as SimEnd });
      } else {
        driver.endedTogether(ends.splice(0));
        driver.returned(attempt);
      }
    }
    if (ends.length > 0) driver.endedTogether(ends);
  }

  function nameOf({ task, slot }: Attempt<SimTask>): string {
    return slotKey(scenario.workload.classes[task.class]!.pool, slot);
  }

  /** A kind is asked about what it has launched, and about nothing else. */
  function mustBeLaunched(attempt: Attempt<SimTask>): void {
    const { task, number } = attempt;
    must(attempts.get(`${task.seq}.${number}`) === attempt, `task ${task.seq} has not been launched`);
  }

  return {
    launcher,
    kind: {
      name,
      inputs: ({ isBlocked }) => (isBlocked ? "missing" : "there"),
      render: () => (random.chance(scenario.skipChance) ? SKIPPED : undefined),
      launch(attempt) {
        attempts.set(`${attempt.task.seq}.${attempt.number}`, attempt);
        launcher.start(attempt.task.seq, attempt.number, nameOf(attempt));
      },
      revoke(attempt) {
        mustBeLaunched(attempt);
        launcher.revoke(attempt.task.seq);
        return false;
      },
      stop(attempt) {
        mustBeLaunched(attempt);
        launcher.signal(attempt.task.seq);
      },
      returned: () => {},
      conclude({ task, slot }, end) {
        const { pools } = parts.driver().state;
        return { ...end, startMs: pools[scenario.workload.classes[task.class]!.pool]!.startMs[slot]! };
      },
      keep: () => {},
      record: () => ({ ran: { command: "", exitCode: 0, signal: 0 } }),
      show: ({ seq }, outcome) => outcome && parts.over(seq, outcome),
      describe: ({ task }) => `${name} ${task.seq}`,
      slice: ({ attempt }) => ({ group: name, slot: attempt.slot, name, args: {} }),
    },
  };
}
