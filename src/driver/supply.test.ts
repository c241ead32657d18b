import assert from "node:assert/strict";
import { test } from "node:test";
import type { InputState, Task } from "./kind.ts";
import { createSupply, type SupplyOptions, type TaskSource } from "./supply.ts";
import { type ScriptedJob, scriptedJob, tasksOf } from "./testing.ts";

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface World extends ScriptedJob {
  readonly log: string[];
}

/** A job in one slot, whose tasks come from a source. */
function supplied(
  source: (job: ScriptedJob) => TaskSource<Task>,
  more: { readonly done?: readonly number[]; readonly reused?: readonly number[] } = {},
): World {
  const job = scriptedJob();
  const { driver, observers, kind } = job;
  const { log } = kind;
  const { done = [], reused = [] } = more;
  const inputs = ({ seq }: Task): InputState => (reused.includes(seq) ? "missing" : "there");
  const blocking = { ...kind, inputs };
  const options: SupplyOptions<Task> = {
    source: source({ ...job, kind: blocking }),
    readAll: false,
    room: () => 1,
    bytesOf: () => 0,
    isDone: ({ seq }) => done.includes(seq),
    resumed: ({ seq }) => void log.push(`resumed ${seq}`),
    closed: () => {},
    ...(reused.length > 0 && {
      async reuse(found) {
        log.push(`look up ${found.map(({ seq }) => seq).join(" ")}`);
        return new Set(found.map(({ seq }) => seq).filter((seq) => reused.includes(seq)));
      },
    }),
  };
  observers.add(createSupply(driver, options).observer);
  driver.setSlots(0, { slots: 1, depth: 1 });
  return { ...job, log };
}

function listed(tasks: readonly Task[]): TaskSource<Task> {
  let given = 0;
  return {
    async next(max) {
      const from = given;
      given = Math.min(tasks.length, from + max);
      return tasks.slice(from, given);
    },
  };
}

test("tasks with an outcome from an earlier run are told and never started", async () => {
  const { driver, kind, log } = supplied(({ kind }) => listed(tasksOf(kind, 3)), { done: [1, 3] });
  await soon();
  kind.end();
  assert.deepEqual(log, ["resumed 1", "resumed 3", "start 2.1 slot 1", "end 2 0 succeeded"]);
  assert.equal((await driver.done).resumed, 2);
});

test("an input that fails ends the run with its error", async () => {
  const { driver } = supplied(() => ({ next: () => Promise.reject(new Error("no such file")) }));
  await assert.rejects(driver.done, /no such file/);
});

test("an endless input is read a window at a time", async () => {
  let given = 0;
  const { driver, kind } = supplied(({ kind }) => ({
    async next(max) {
      const first = given + 1;
      given += max;
      return tasksOf({ ...kind, render: () => undefined }, max, first);
    },
  }));
  for (let i = 0; i < 2000; i++) {
    await soon();
    kind.end();
  }
  assert.ok(given < 2000 + 2 * 256, `${given} tasks read for 2,000 run`);
  driver.cancel();
  kind.end();
  await driver.done;
});

test("what is reused succeeds at once and takes no slot, while others run; resumed tasks are not asked about", async () => {
  const { driver, kind, log } = supplied(({ kind }) => listed(tasksOf(kind, 6)), {
    done: [2],
    reused: [1, 3, 4, 6],
  });
  await soon();
  await soon();
  assert.deepEqual(log, [
    "look up 1 3 4 5 6",
    "resumed 2",
    "start 5.1 slot 1",
    "settled 1 succeeded",
    "settled 3 succeeded",
    "settled 4 succeeded",
    "settled 6 succeeded",
  ]);
  kind.end();
  const { succeeded, resumed, total } = await driver.done;
  assert.deepEqual({ succeeded, resumed, total }, { succeeded: 5, resumed: 1, total: 6 });
});
