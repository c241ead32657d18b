import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../connect.ts";
import * as tasks from "../testing/tasks.ts";
import type { Yonder } from "../yonder.ts";
import type { TaskEvent } from "./events.ts";

const options = { threads: 1, journal: false, progress: false } as const;

/** What is told while `act` runs and the session closes. */
async function eventsOf(act: (y: Yonder) => unknown): Promise<TaskEvent[]> {
  const y = await connect(options);
  const events: TaskEvent[] = [];
  y.on("task", (event) => events.push(event));
  await act(y);
  await y.close();
  return events;
}

function typesOf(events: readonly TaskEvent[], task: number): string[] {
  return events.filter((event) => event.task === task).map(({ type }) => type);
}

test("a task is started and succeeds, with its name, attempt, slot and times", async () => {
  const [started, ended] = await eventsOf((y) => y.run(tasks.spin, 20));
  assert.deepEqual(started, { type: "started", task: 1, name: "spin", attempt: 1, slot: 1 });
  assert.ok(ended?.type === "succeeded" && ended.endedMs - ended.startedMs >= 19, JSON.stringify(ended));
  assert.ok(Math.abs(ended.endedMs - Date.now()) < 60_000);
});

test("attempts that fail are retried, in order, each with its error", async () => {
  const events = await eventsOf((y) =>
    y
      .with({ retries: { count: 1 } })
      .run(tasks.failsAtFirst, 5, "no")
      .catch(() => {}),
  );
  assert.deepEqual(
    events.map((event) => [
      event.type,
      "attempt" in event && event.attempt,
      "error" in event && event.error?.message,
    ]),
    [
      ["started", 1, false],
      ["retried", 1, "no"],
      ["started", 2, false],
      ["failed", 2, "no"],
    ],
  );
});

test("what ran out of time has failed; what depends on it is skipped", async () => {
  const events = await eventsOf(async (y) => {
    const slow = y.with({ timeoutMs: 50 }).run(tasks.waitsForSignal);
    await y.run(tasks.says, slow).catch(() => {});
  });
  // While its thread starts, its time does not run: then it is taken back, and started again.
  assert.deepEqual([...new Set(typesOf(events, 1))], ["started", "failed"]);
  const failed = events.find(({ type }) => type === "failed") as { error: { code?: string } } | undefined;
  assert.equal(failed?.error.code, "TIMEOUT");
  assert.deepEqual(typesOf(events, 2), ["skipped"]);
});

test("cancelled is said once, of a task that ran and of one that waited", async () => {
  const events = await eventsOf(async (y) => {
    const first = y.run(tasks.waitsForSignal);
    const second = y.run(tasks.spin, 1);
    y.cancel(second);
    y.cancel(first);
    await first.catch(() => {});
  });
  assert.equal(typesOf(events, 1).at(-1), "cancelled");
  assert.deepEqual(typesOf(events, 2), ["cancelled"]);
});

test("a listener that throws, or rejects, is told on standard error and harms nobody", async (t) => {
  const write = t.mock.method(process.stderr, "write", () => true);
  const y = await connect(options);
  const heard: string[] = [];
  y.on("task", () => {
    throw new Error("from a listener");
  });
  y.on("task", async () => {
    throw new Error("later, from a listener");
  });
  y.on("task", ({ type }) => heard.push(type));
  const result = await y.run(tasks.add, 1, 2);
  await y.close();
  write.mock.restore();
  assert.equal(result, 3);
  assert.deepEqual(heard, ["started", "succeeded"]);
  const said = write.mock.calls.map(({ arguments: [text] }) => String(text)).join("");
  assert.match(said, /yonder: a listener of tasks failed: Error: from a listener/);
  assert.match(said, /later, from a listener/);
});

test("the returned function ends the listening", async () => {
  const heard: TaskEvent[] = [];
  await using y = await connect(options);
  const off = y.on("task", (event) => heard.push(event));
  await y.run(tasks.add, 1, 2);
  off();
  off();
  await y.run(tasks.add, 1, 2);
  assert.deepEqual(
    heard.map(({ task }) => task),
    [1, 1],
  );
});
