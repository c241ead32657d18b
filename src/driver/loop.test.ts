import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POLICY, type JobPolicy } from "../core/policy.ts";
import { createLoop } from "./loop.ts";
import type { Attempt, Hands, Loop } from "./loop-types.ts";
import { queueSource } from "./stream-source.ts";
import type { TaskSource } from "./task.ts";

interface World {
  readonly loop: Loop;
  /** What happened, in words. */
  readonly log: string[];
  readonly running: Attempt[];
  /** Ends the oldest attempt. */
  end(exitCode?: number): void;
}

function tasks(count: number): TaskSource {
  return queueSource(
    Array.from({ length: count }, (_, index) => ({ seq: index + 1, rows: [[String(index + 1)]] })),
    () => {},
  );
}

function world(
  source: TaskSource,
  more: { policy?: Partial<JobPolicy>; slots?: number; done?: number[]; reused?: number[] } = {},
): World {
  const log: string[] = [];
  const running: Attempt[] = [];
  const hands: Hands = {
    start(attempt) {
      if (attempt.task.seq === 13) return "skip";
      log.push(`start ${attempt.task.seq}.${attempt.attempt} slot ${attempt.slot}`);
      running.push(attempt);
      return "started";
    },
    revoke: () => false,
    returned: (attempt) => void log.push(`returned ${attempt.task.seq}`),
    terminate: (attempt) => void log.push(`terminate ${attempt.task.seq}`),
    finished: (attempt, end, outcome) =>
      void log.push(`end ${attempt.task.seq} ${end.exit.exitCode} ${outcome?.type ?? "again"}`),
    settled: (task, _args, outcome) => void log.push(`settled ${task} ${outcome.type}`),
    resumed: (task) => void log.push(`resumed ${task.seq}`),
    haltCounted: () => {},
    checkGate: async () => {},
    inputClosed: (total) => void log.push(`input ${total}`),
  };
  const loop = createLoop({
    policy: { ...DEFAULT_POLICY, ...more.policy },
    source,
    hands,
    layout: () => ({ slots: more.slots ?? 1 }),
    isDone: (task) => more.done?.includes(task.seq) ?? false,
    queueAhead: true,
    readAll: false,
    ...(more.reused && {
      reuse: async (found) => {
        log.push(`look up ${found.map(({ seq }) => seq).join(" ")}`);
        return new Set(found.map(({ seq }) => seq).filter((seq) => more.reused!.includes(seq)));
      },
    }),
  });
  return {
    loop,
    log,
    running,
    end(exitCode = 0) {
      const { id } = running.shift()!;
      loop.ended({ id, exit: { exitCode, signal: 0 }, startMs: 0, endMs: 1000 });
    },
  };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("tasks run in order, a failed one counts, and the end of one is told before the start of the next", async () => {
  const w = world(tasks(3), { slots: 2 });
  const summary = w.loop.run();
  await soon();
  w.end();
  w.end(7);
  w.end();
  assert.deepEqual(
    w.log.filter((line) => !line.startsWith("input")),
    [
      "start 1.1 slot 1",
      "start 2.1 slot 2",
      "end 1 0 succeeded",
      "start 3.1 slot 1",
      "end 2 7 failed",
      "end 3 0 succeeded",
    ],
  );
  assert.equal((await summary).failed, 1);
});

test("a retry is another attempt of the same task, whose first end has no outcome", async () => {
  const w = world(tasks(1), { policy: { tries: 2 } });
  const summary = w.loop.run();
  await soon();
  w.end(1);
  w.end(0);
  assert.deepEqual(
    w.log.filter((line) => !line.startsWith("input")),
    ["start 1.1 slot 1", "end 1 1 again", "start 1.2 slot 1", "end 1 0 succeeded"],
  );
  assert.equal((await summary).succeeded, 1);
});

test("an attempt that comes back starts again under a new id, and the late end of the old one means nothing", async () => {
  const w = world(tasks(1));
  const summary = w.loop.run();
  await soon();
  const [first] = w.running.splice(0);
  // Only an attempt that waits behind another can come back: make the loop believe that slots are kept ahead.
  w.running.push(first!);
  w.end();
  w.loop.ended({ id: first!.id, exit: { exitCode: 1, signal: 0 }, startMs: 0, endMs: 1 });
  assert.equal((await summary).succeeded, 1);
  assert.equal(w.log.filter((line) => line.startsWith("end")).length, 1);
});

test("tasks with an outcome from an earlier run are told and never started", async () => {
  const w = world(tasks(3), { done: [1, 3] });
  const summary = w.loop.run();
  await soon();
  w.end();
  assert.deepEqual(
    w.log.filter((line) => !line.startsWith("input")),
    ["resumed 1", "resumed 3", "start 2.1 slot 1", "end 2 0 succeeded"],
  );
  assert.equal((await summary).resumed, 2);
});

test("skip() gives an outcome without an attempt, and the job goes on", async () => {
  const w = world(tasks(14), { slots: 20 });
  const summary = w.loop.run();
  await soon();
  while (w.running.length > 0) w.end();
  assert.ok(w.log.includes("settled 13 skipped"));
  assert.equal((await summary).skipped, 1);
});

test("drain lets what runs end and starts nothing more; cancel terminates it", async () => {
  const w = world(tasks(5));
  const summary = w.loop.run();
  await soon();
  w.loop.drain();
  w.loop.cancel();
  assert.ok(w.log.includes("terminate 1"));
  w.end(143);
  assert.equal((await summary).unfinished, 4);
});

test("an input that fails ends the run with its error", async () => {
  const broken: TaskSource = { ...tasks(0), next: () => Promise.reject(new Error("no such file")) };
  await assert.rejects(world(broken).loop.run(), /no such file/);
});

test("an endless input is read a window at a time", async () => {
  let given = 0;
  const endless: TaskSource = {
    async next(max) {
      const first = given + 1;
      given += max;
      return Array.from({ length: max }, (_, index) => ({ seq: first + index, rows: [] }));
    },
    total: () => Promise.reject(new Error("endless")),
    close() {},
  };
  const w = world(endless);
  const summary = w.loop.run();
  for (let i = 0; i < 2000; i++) {
    await soon();
    w.end();
  }
  assert.ok(given < 2000 + 2 * 256, `${given} tasks read for 2,000 run`);
  w.loop.cancel();
  w.end();
  await summary;
});

test("what is reused succeeds at once and takes no slot, while others run; resumed tasks are not asked about", async () => {
  const w = world(tasks(6), { slots: 1, done: [2], reused: [1, 3, 4, 6] });
  const summary = w.loop.run();
  await soon();
  await soon();
  assert.deepEqual(
    w.log.filter((line) => !line.startsWith("input")),
    [
      "look up 1 3 4 5 6",
      "resumed 2",
      "start 5.1 slot 1",
      "settled 1 succeeded",
      "settled 3 succeeded",
      "settled 4 succeeded",
      "settled 6 succeeded",
    ],
  );
  w.end(0);
  const { succeeded, resumed, total } = await summary;
  assert.deepEqual({ succeeded, resumed, total }, { succeeded: 5, resumed: 1, total: 6 });
});
