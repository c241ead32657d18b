import { nowMs } from "../../../src/clock.ts";
import { DEFAULT_POLICY, plainClass } from "../../../src/core/policy.ts";
import { NO_OUTCOMES } from "../../../src/core/verdict.ts";
import { createDriver } from "../../../src/driver/create-driver.ts";
import { createObservers } from "../../../src/driver/observers.ts";
import type { OpenKind } from "../../../src/driver/open-kind.ts";
import { progressOf } from "../../../src/driver/record/monitor.ts";
import { peakMemory } from "../../../src/driver/record/peak-memory.ts";
import { createRecorder } from "../../../src/driver/record/recorder.ts";
import { timelineObserver } from "../../../src/driver/record/timeline-observer.ts";
import { type Task, task } from "../../../src/function/mark.ts";
import { openJournal } from "../../../src/journal/open-journal.ts";
import { KINDS } from "../../../src/kinds/kinds.ts";
import { openTimeline } from "../../../src/output/timeline/timeline.ts";

// One job in one slot, in a copy of yonder that has the kind of docs/internals/new-kind.md: `node job.ts` says on standard error
// what came of it, and leaves its timeline in trace.json.

/** What the page adds to the table. */
interface PauseGiven {
  readonly ms: number;
  readonly failures?: number;
}
type WithPause = typeof KINDS & { pause(): Promise<OpenKind<PauseGiven>> };

const LONG_MS = 60_000;
const SLOTS = 1;
const DEPTH = 3;

export const nap: Task<(ms: number) => void> = task((ms) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
});

if (import.meta.main) await main();

async function main(): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const { env } = process;
  const startedMs = nowMs();
  const warn = (line: string): void => void process.stderr.write(`${line}\n`);
  const request = { argv: ["pauses"], cwd: process.cwd(), env: [], startedMs, version: "0", sdk: true };
  const journal = openJournal({ env, keepBytes: 2 ** 20, warn }, { ...request, stdin: { type: "unused" } });
  const observers = createObservers();
  const driver = createDriver({ policy: DEFAULT_POLICY, observer: observers });
  const recorder = createRecorder({ journal, peaks: peakMemory(), attemptsBefore: () => 0, warn });
  const timeline = openTimeline("trace.json", "pauses", startedMs, (error) => warn(error.message));
  observers.add(recorder.observer);
  observers.add(timelineObserver(timeline, driver));

  const context = { driver, observers, journal, env, slots: SLOTS, opened };
  const commands = await (await KINDS.command())(context);
  const functions = await (await KINDS.function())(context);
  const pauses = await (await (KINDS as WithPause).pause())(context);
  const twice = driver.classOf("twice", () => plainClass({ ...DEFAULT_POLICY, tries: 2 }));
  for (const one of [
    commands.task(1, { command: "sleep 0.1; echo 1" }),
    pauses.task(2, { ms: 100 }),
    pauses.task(3, { ms: 50, failures: 1 }),
    functions.task(4, { fn: nap, args: [100] }),
    pauses.task(5, { ms: LONG_MS }),
    pauses.task(6, { ms: LONG_MS }),
    commands.task(7, { command: "sleep 0.1; echo 7" }),
    { ...pauses.task(8, { ms: 50, failures: 1 }), class: twice },
  ]) {
    driver.add(one);
  }
  driver.closeInput();

  const ends: (readonly [task: number, outcome: string])[] = [];
  const ahead: number[] = [];
  const slowest = new Set<string>();
  observers.add({
    started({ task, isAhead }) {
      if (isAhead) ahead.push(task.seq);
    },
    ended({ attempt: { task } }, outcome) {
      ends.push([task.seq, outcome?.type ?? "again"]);
      if (task.seq !== 4) return;
      // By then the next one runs, and the one after it waits in its slot.
      driver.cancel(6);
      driver.cancel(5);
    },
    settled: ({ seq }, outcome) => ends.push([seq, outcome.type]),
  });
  const looks = setInterval(() => {
    const progress = progressOf({ driver, before: NO_OUTCOMES, startedMs, total: () => undefined });
    if (progress.slowest !== undefined) slowest.add(progress.slowest.command);
  }, 10);
  driver.setSlots(0, { slots: SLOTS, depth: DEPTH });
  const summary = await driver.done;
  clearInterval(looks);
  recorder.close();
  timeline.close();
  await opened.disposeAsync();
  journal.finish(summary.failed, false);
  const { directory } = journal;
  process.stderr.write(JSON.stringify({ summary, ends, ahead, slowest: [...slowest], directory }));
}
