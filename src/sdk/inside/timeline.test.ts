import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { YonderError } from "../../interface/errors.ts";
import { arrayOf, type TraceEvent } from "../../output/timeline/testing.ts";
import { connect } from "../connect.ts";
import * as tasks from "../testing/tasks.ts";
import type { Yonder } from "../yonder.ts";
import { scratch } from "./testing.ts";

async function traceOf(act: (y: Yonder) => unknown): Promise<TraceEvent[]> {
  const trace = join(scratch(), "out.json");
  const y = await connect({ threads: 2, journal: false, progress: false, trace });
  await act(y);
  await y.close();
  return JSON.parse(readFileSync(trace, "utf8")) as TraceEvent[];
}

test("each attempt is a slice on its thread's track, as long as it took; slices of a track do not overlap", async () => {
  const events = await traceOf(async (y) => {
    await y.get([1, 2, 3, 4, 5].map((n) => y.run(tasks.spin, 10 * n)));
    await y.with({ isolation: "process" }).run(tasks.add, 1, 2);
  });
  const slices = events.filter(({ ph }) => ph === "X");
  for (const { args, dur } of slices.filter(({ name }) => name === "spin")) {
    // The task looks at a clock of whole milliseconds.
    assert.ok(dur! >= 10_000 * (args!["task"] as number) - 1000, `task ${args!["task"]}: ${dur} µs`);
  }
  assert.equal(slices.length, 6);
  const names = new Map(
    events.filter(({ name }) => name === "thread_name").map(({ tid, args }) => [tid, args!["name"]]),
  );
  assert.equal(names.get(slices.at(-1)!.tid), "process 1");
  for (const tid of names.keys()) {
    const own = slices.filter((slice) => slice.tid === tid).sort((one, other) => one.ts - other.ts);
    for (const [index, { ts }] of own.entries()) {
      const before = own[index - 1];
      // Two clocks of one machine: a microsecond's rounding.
      if (before) assert.ok(ts >= before.ts + before.dur! - 1, `${before.ts} + ${before.dur} > ${ts}`);
    }
  }
});

test("results lead to the tasks that used them, and errors stand beside their attempt", async () => {
  const events = await traceOf(async (y) => {
    const one = y.run(tasks.add, 1, 1);
    await y.run(tasks.sum, [one, 1]);
    await y.run(tasks.throws, "boom").catch(() => {});
  });
  const of = (name: string): TraceEvent => events.find((event) => event.ph === "X" && event.name === name)!;
  const [from, to] = ["s", "f"].map((ph) => events.find((event) => event.ph === ph)!);
  assert.equal(from!.id, to!.id);
  assert.ok(from!.ts >= of("add").ts && from!.ts <= of("add").ts + of("add").dur!);
  assert.equal(to!.ts, of("sum").ts);
  assert.deepEqual([of("throws").args!["result"], of("throws").args!["error"]], ["failed", "boom"]);
  assert.ok(events.some(({ ph, args }) => ph === "C" && typeof args!["running"] === "number"));
});

test("the file can be read while tasks run", async () => {
  const trace = join(scratch(), "out.json");
  const y = await connect({ threads: 1, journal: false, progress: false, trace });
  await y.run(tasks.add, 1, 1);
  const isThere = (): boolean => {
    const text = readFileSync(trace, "utf8");
    return text !== "" && arrayOf(text).some(({ name }) => name === "add");
  };
  for (let tries = 0; tries < 1000 && !isThere(); tries++) await sleep(10);
  assert.ok(isThere());
  await y.close();
});

test("a trace that cannot be written is refused before anything runs", async () => {
  const trace = join(scratch(), "no", "out.json");
  await assert.rejects(
    connect({ threads: 1, journal: false, trace }),
    (error) => error instanceof YonderError && error.code === "OUTPUT",
  );
  assert.ok(!existsSync(trace));
});
