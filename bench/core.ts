import type { Effect, JobEvent } from "../src/core/events.ts";
import { DEFAULT_POLICY, type JobPolicy, plainClass, type TaskClass } from "../src/core/policy.ts";
import { createJob, step } from "../src/core/step.ts";
import { tableBytes } from "../src/core/task-table.ts";

/**
 * The scheduler alone: how many tasks it starts and ends in a second of processor time, and the bytes that it holds for
 * each. Nothing runs.
 * `node bench/core.ts [tasks]` prints one line for each case.
 */
interface CoreCase {
  readonly name: string;
  readonly policy: JobPolicy;
  readonly slots: number;
  readonly depth: number;
  /** Besides the policy's own; tasks are added in runs of RUN_TASKS, of each class in turn. */
  readonly classes?: readonly TaskClass[];
  readonly totals?: readonly number[];
  /** The slots are in so many places, in turns. */
  readonly places?: number;
}

const RUN_TASKS = 100;
const PLAIN = plainClass(DEFAULT_POLICY);

const CASES: readonly CoreCase[] = [
  { name: "2 slots", policy: DEFAULT_POLICY, slots: 2, depth: 1 },
  { name: "2 slots, one queued ahead", policy: DEFAULT_POLICY, slots: 2, depth: 2 },
  { name: "1000 slots", policy: DEFAULT_POLICY, slots: 1000, depth: 1 },
  {
    name: "64 slots, 1 of 8 attempts fails, tries 3, timeout, halt",
    policy: {
      ...DEFAULT_POLICY,
      tries: 3,
      timeout: { type: "percent", percent: 300 },
      halt: { when: "soon", why: "fail", threshold: { type: "percent", percent: 100 } },
    },
    slots: 64,
    depth: 1,
  },
  {
    name: "64 slots, 8 classes, priorities, 2 resources that run out",
    policy: DEFAULT_POLICY,
    slots: 64,
    depth: 2,
    classes: Array.from({ length: 7 }, (_, index) => ({
      ...PLAIN,
      priority: index % 3,
      needs: [
        { resource: 0, amount: 1 + (index % 4) },
        { resource: 1, amount: index % 2 },
      ],
    })),
    totals: [64, 16],
  },
  { name: "256 slots in 32 places", policy: DEFAULT_POLICY, slots: 256, depth: 1, places: 32 },
  {
    name: "256 slots in 32 places, 1 of 8 attempts fails, tries 3",
    policy: { ...DEFAULT_POLICY, tries: 3 },
    slots: 256,
    depth: 1,
    places: 32,
  },
];

const tasks = Number(process.argv[2] ?? 1_000_000);
if (!(Number.isSafeInteger(tasks) && tasks > 0)) throw new Error("usage: node bench/core.ts [TASKS]");
for (const benchCase of CASES) {
  const { perSecond, bytesPerTask } = measure(benchCase, tasks);
  const rate = Math.round(perSecond).toLocaleString("en");
  console.log(
    `core ${benchCase.name}: ${tasks} tasks, ${rate} tasks/s, ${bytesPerTask.toFixed(2)} bytes/task`,
  );
}

function measure(
  { policy, slots, depth, classes = [], totals = [], places }: CoreCase,
  count: number,
): { perSecond: number; bytesPerTask: number } {
  const job = createJob(policy);
  const running: { task: number; attempt: number }[] = [];
  let nowMs = 0;
  let ends = 0;
  let bytesMax = 0;
  const feed = (event: JobEvent): void => {
    for (const effect of step(job, event)) collect(effect);
  };
  const collect = (effect: Effect): void => {
    if (effect.type === "startAttempt") running.push(effect);
  };
  const before = process.cpuUsage();
  const inPlaces = places && Array.from({ length: slots }, (_, index) => 1 + (index % places));
  feed({ type: "slotsChanged", nowMs, slots, depth, ...(inPlaces ? { places: inPlaces } : {}) });
  feed({ type: "resourcesChanged", nowMs, totals });
  for (const one of classes) feed({ type: "classAdded", nowMs, class: one });
  const run = classes.length === 0 ? count : RUN_TASKS;
  for (let added = 0; added < count; added += run) {
    const kind = (added / run) % (classes.length + 1);
    feed({ type: "tasksAdded", nowMs, count: Math.min(run, count - added), class: kind });
  }
  feed({ type: "inputClosed", nowMs });
  for (let next = 0; next < running.length; next++) {
    const { task, attempt } = running[next]!;
    nowMs += 0.25;
    const exitCode = policy.tries > 1 && ends % 8 === 0 ? 1 : 0;
    feed({ type: "attemptEnded", nowMs, task, attempt, exitCode, signal: 0 });
    ends++;
    if (next > 10_000) {
      running.splice(0, next + 1);
      next = -1;
    }
    if (ends % 10_000 === 0) bytesMax = Math.max(bytesMax, tableBytes(job.table));
  }
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  if (!job.ended) throw new Error("the job has not ended");
  return { perSecond: count / seconds, bytesPerTask: bytesMax / count };
}
