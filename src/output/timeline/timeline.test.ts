import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { YonderError } from "../../interface/errors.ts";
import { arrayOf, type TraceEvent } from "./testing.ts";
import { openTimeline, type TimelineAttempt } from "./timeline.ts";

const directory = mkdtempSync(join(tmpdir(), "timeline-test-"));
after(() => rmSync(directory, { recursive: true }));

function anAttempt(more: Partial<TimelineAttempt> = {}): TimelineAttempt {
  return {
    group: "slot",
    slot: 1,
    name: "echo a",
    startMs: 1000,
    endMs: 1500,
    result: "succeeded",
    args: { task: 1 },
    ...more,
  };
}

function eventsOf(fill: (timeline: ReturnType<typeof openTimeline>) => void): TraceEvent[] {
  const path = join(directory, "out.json");
  const timeline = openTimeline(path, "job", 1000, (error) => assert.fail(error));
  fill(timeline);
  timeline.close();
  return JSON.parse(readFileSync(path, "utf8")) as TraceEvent[];
}

test("an attempt is a complete event on the track of its slot, in microseconds since the start", () => {
  const events = eventsOf((timeline) => {
    timeline.attempt(anAttempt({ startMs: 1000.25, endMs: 1500.5 }));
    timeline.attempt(anAttempt({ startMs: 1500.5, endMs: 1501, result: "failed" }));
    timeline.attempt(anAttempt({ slot: 2 }));
  });
  const slices = events.filter(({ ph }) => ph === "X");
  const first = slices[0]!;
  assert.deepEqual([first.ts, first.dur, first.name, first.cat], [250, 500_250, "echo a", "task"]);
  assert.deepEqual(first.args, { task: 1, result: "succeeded" });
  assert.deepEqual([slices[1]!.ts, slices[1]!.dur, slices[1]!.cat], [500_500, 500, "task,failed"]);
  assert.equal(slices[1]!.tid, first.tid);
  assert.notEqual(slices[2]!.tid, first.tid);
});

test("each track is named once, before anything is on it", () => {
  const events = eventsOf((timeline) => {
    for (const slot of [2, 1, 2]) timeline.attempt(anAttempt({ slot }));
    timeline.attempt(anAttempt({ group: "process", slot: 1 }));
  });
  const names = events.filter(({ name }) => name === "thread_name");
  assert.deepEqual(
    names.map(({ args }) => args!["name"]),
    ["slot 2", "slot 1", "process 1"],
  );
  const tracks = new Set(events.filter(({ ph }) => ph === "X").map(({ tid }) => tid));
  assert.deepEqual(new Set(names.map(({ tid }) => tid)), tracks);
});

test("an arrow begins within the slice that it comes from, and ends at the one that it leads to", () => {
  const events = eventsOf((timeline) => {
    timeline.attempt(anAttempt());
    timeline.attempt(anAttempt({ slot: 2, startMs: 1500, endMs: 1600 }));
    timeline.flow({ group: "slot", slot: 1, atMs: 1400 }, { group: "slot", slot: 2, atMs: 1500 });
  });
  const [from, to] = ["s", "f"].map((ph) => events.find((event) => event.ph === ph)!);
  assert.equal(from!.id, to!.id);
  assert.deepEqual([from!.ts, to!.ts, to!.bp], [400_000, 500_000, "e"]);
});

test("attempts without a slot may overlap: each has an id of its own", () => {
  const events = eventsOf((timeline) => {
    timeline.attempt(anAttempt({ slot: 0 }));
    timeline.attempt(anAttempt({ slot: 0, startMs: 1100 }));
  });
  const pairs = events.filter(({ ph }) => ph === "b" || ph === "e");
  assert.deepEqual(
    pairs.map(({ ph, id, ts }) => [ph, id, ts]),
    [
      ["b", 1, 0],
      ["e", 1, 500_000],
      ["b", 2, 100_000],
      ["e", 2, 500_000],
    ],
  );
});

test("counts are written at most once in 10 ms", () => {
  let asked = 0;
  const events = eventsOf((timeline) => {
    for (let ms = 1000; ms < 1100; ms++) {
      timeline.counts(ms, () => ({ running: ++asked, waiting: 5 }));
    }
  });
  const counts = events.filter(({ ph }) => ph === "C");
  assert.equal(counts.length, 10);
  assert.equal(asked, 10);
  assert.deepEqual(counts[1], { ...counts[1], ts: 10_000, args: { running: 2, waiting: 5 } });
});

test("killed at any moment, the file is an array that lacks no more than its end", () => {
  const path = join(directory, "killed.json");
  const program = `
    import { openTimeline } from ${JSON.stringify(new URL("./timeline.ts", import.meta.url).href)};
    const timeline = openTimeline(${JSON.stringify(path)}, "job", 0, console.error);
    for (let task = 1; ; task++) {
      timeline.attempt({ group: "slot", slot: 1, name: "a", startMs: task, endMs: task + 1, result: "succeeded", args: { task } });
      if (task === 5000) process.kill(process.pid, "SIGKILL");
    }`;
  const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", program]);
  assert.equal(signal, "SIGKILL");
  const tasks = arrayOf(readFileSync(path, "utf8")).flatMap(({ args }) => args?.["task"] ?? []);
  assert.ok(tasks.length > 1000, `${tasks.length} events`);
  assert.deepEqual(
    tasks,
    tasks.map((_, index) => index + 1),
  );
});

test("a file that cannot be made is refused; a disk that is full ends the trace, not the job", () => {
  assert.throws(
    () => openTimeline(join(directory, "no", "out.json"), "job", 0, () => {}),
    (error) => error instanceof YonderError && error.code === "OUTPUT" && /ENOENT/.test(error.message),
  );
  if (!existsSync("/dev/full")) return;
  const errors: NodeJS.ErrnoException[] = [];
  const timeline = openTimeline("/dev/full", "job", 0, (error) => errors.push(error));
  for (let task = 0; task < 5000; task++) timeline.attempt(anAttempt());
  timeline.close();
  assert.deepEqual(
    errors.map(({ code }) => code),
    ["ENOSPC"],
  );
});
