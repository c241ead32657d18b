import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { YonderError } from "../../interface/errors.ts";
import { connect } from "../connect.ts";
import * as tasks from "../testing/tasks.ts";
import { ownState, scratch, yonder, yonderJson } from "./testing.ts";

ownState();
const options = { threads: 2, progress: false } as const;
const quiet = (): void => {};

interface Attempt {
  task: number;
  attempt: number;
  command: string;
  outcome?: string;
  reason?: string;
  error?: string;
  stdout?: string;
  stderr?: string;
}

async function story(
  id: string,
  task: number,
): Promise<{ state: string; reasons: string[]; attempts: Attempt[] }> {
  return (
    await yonderJson<{ state: string; reasons: string[]; attempts: Attempt[] }>("explain", id, `${task}`)
  )[0]!;
}

test("a session is a job: jobs, show and wait know it while it lives and when it has ended", async () => {
  const y = await connect(options);
  const running = y.run(tasks.waitsForSignal);
  await until(() => y.explain(running).state === "running");
  await until(async () => (await yonder("show", y.id)).out.includes("waitsForSignal()"));
  const [live] = await yonderJson<{ state: string; argv: string[] }>("jobs");
  assert.equal(live!.state, "running");
  assert.match(live!.argv.join(" "), /^node .*journal\.test\.ts/);
  y.cancel(running);
  await running.catch(quiet);
  await y.run(tasks.add, 1, 2);
  await y.close();
  assert.equal((await yonder("wait", y.id)).exitCode, 0, "what the program cancels itself has not failed");
  const { out } = await yonder("show", y.id);
  assert.match(out, /tasks +2 of 2: 1 succeeded, 1 cancelled\n/);
});

test("short successes share records, and each task can still be asked about", async () => {
  const y = await connect(options);
  const items = Array.from({ length: 20_000 }, (_, index) => index);
  for await (const _ of y.map(tasks.add, items, { args: [1] }));
  await y.close();
  const directory = directoryOf(y.id);
  const lines = readFileSync(join(directory, "journal.jsonl"), "utf8").trimEnd().split("\n");
  assert.ok(lines.length < 200, `${lines.length} records`);
  assert.equal((await yonderJson<Attempt>("logs", y.id)).length, 20_000);
  for (const task of [1, 777, 20_000]) {
    const { state, attempts } = await story(y.id, task);
    assert.deepEqual([state, attempts.length, attempts[0]!.task], ["succeeded", 1, task]);
    assert.match(attempts[0]!.command, /^add\(/);
  }
  assert.equal((await yonder("logs", y.id)).out, "");
});

test("what took long has a record of its own, with its arguments in short", async () => {
  const y = await connect(options);
  await y.run(tasks.spin, 60);
  await y.close();
  const [attempt] = (await story(y.id, 1)).attempts;
  assert.equal(attempt!.command, "spin(60)");
});

test("a failure is kept with its error, its stack and what caused it", async () => {
  const y = await connect(options);
  await y.run(tasks.throws, "boom").catch(quiet);
  await y.close();
  const shown = (await yonder("show", y.id)).out;
  assert.match(shown, /task 1 {2}RangeError: boom .*throws\("boom"\)\n {4}at .*tasks\.ts/);
  assert.doesNotMatch(shown, /yonder resume/);
  const explained = (await yonder("explain", y.id, "1")).out;
  assert.match(explained, /result +failed, RangeError: boom\n/);
  assert.match(explained, /caused by TypeError: the cause/);
  assert.match((await story(y.id, 1)).attempts[0]!.error!, /^RangeError: boom\n +at /);
});

test("each attempt is told, with its own number and error", async () => {
  const y = await connect(options);
  await y.with({ retries: { count: 2 } }).run(tasks.failsAtFirst, 2, "not yet");
  await y.close();
  const { state, attempts } = await story(y.id, 1);
  assert.equal(state, "succeeded");
  assert.deepEqual(
    attempts.map(({ attempt, reason, outcome, error }) => [
      attempt,
      reason ?? outcome,
      error?.split("\n")[0],
    ]),
    [
      [1, "failed", "Error: not yet"],
      [2, "failed", "Error: not yet"],
      [3, "succeeded", undefined],
    ],
  );
});

test("what tasks write is kept for each of them, long outputs whole", async (t) => {
  const { write } = process.stdout;
  // Not the bytes, which are what this test process reports.
  t.mock.method(process.stdout, "write", (chunk: string | Uint8Array) => {
    return typeof chunk === "string" || write.call(process.stdout, chunk);
  });
  t.mock.method(process.stderr, "write", () => true);
  const y = await connect(options);
  const long = "0123456789".repeat(30_000);
  await Promise.all([y.run(tasks.says, "ä short one"), y.run(tasks.says, long)]);
  await y.close();
  t.mock.restoreAll();
  assert.equal((await yonder("logs", y.id, "1", "--stdout")).out, "ä short one\n");
  assert.equal((await yonder("logs", y.id, "1", "--stderr")).err, "Ä SHORT ONE\n");
  assert.equal((await yonder("logs", y.id, "2", "--stdout")).out, `${long}\n`);
  assert.deepEqual(readdirSync(join(directoryOf(y.id), "attempts")), []);
});

test("of a task with a process of its own, the memory that it took is told", async () => {
  const y = await connect(options);
  await y.with({ isolation: "process" }).run(tasks.spin, 800);
  await y.run(tasks.spin, 60);
  await y.close();
  assert.match((await yonder("explain", y.id, "1")).out, /memory +\d+\.\d MiB at the peak/);
  assert.doesNotMatch((await yonder("explain", y.id, "2")).out, /memory/);
});

test("a task that waits says for what: inputs, resources and who has them, its turn", async () => {
  await using y = await connect({ ...options, resources: { gpus: 2 } });
  const gpu = y.with({ resources: { gpus: 2 } });
  const holder = gpu.run(tasks.waitsForSignal);
  const waiter = gpu.run(tasks.add, 1, 2);
  const blocked = y.run(tasks.add, waiter, 1);
  await until(() => y.explain(holder).state === "running");
  const own = y.explain(waiter);
  assert.equal(own.state, "waiting");
  assert.deepEqual(own.reasons, [
    "it is next in line",
    "it needs 2 gpus, and 0 of 2 are free",
    "task 1, waitsForSignal(), has 2 of them",
  ]);
  assert.deepEqual(y.explain(blocked).waitsFor, [2]);
  // Another process is told the same.
  assert.deepEqual((await story(y.id, 2)).reasons, own.reasons);
  assert.deepEqual((await story(y.id, 3)).reasons, ["it waits for task 2, add(1, 2), which is waiting"]);
  assert.equal((await story(y.id, 1)).state, "running");
  y.cancel(holder);
  assert.equal(await blocked, 4);
  assert.deepEqual(y.explain(blocked).state, "succeeded");
  assert.match(y.explain(holder).reasons.join(), /^CANCELLED: /);
});

test("cancel ends the tasks of the job, and the program goes on", async () => {
  const y = await connect(options);
  const refs = [1, 2, 3].map(() => y.run(tasks.waitsForSignal));
  await until(() => y.explain(refs[0]!).state === "running");
  assert.match((await yonder("cancel", y.id)).err, /cancelled\n$/);
  const errors = await Promise.all(
    refs.map((ref) => ref.catch((error) => (error as YonderError).code as string)),
  );
  assert.deepEqual(errors, ["CANCELLED", "CANCELLED", "CANCELLED"]);
  assert.throws(() => y.run(tasks.add, 1, 1), isCode("CLOSED"));
  assert.equal((await y.close()).cancelled, 3);
  assert.equal((await yonderJson<{ state: string }>("jobs"))[0]!.state, "cancelled");
});

test("cancel reaches a session that is closing already", async () => {
  const y = await connect(options);
  const ref = y.run(tasks.waitsForSignal);
  const closed = y.close();
  await until(() => y.explain(ref).state === "running");
  await yonder("cancel", y.id);
  assert.equal((await closed).cancelled, 1);
  await assert.rejects(ref, isCode("CANCELLED"));
});

test("cancel --drain lets what runs come to its end, and starts nothing more", async () => {
  const y = await connect({ ...options, threads: 1 });
  const first = y.run(tasks.spin, 1500);
  await until(() => y.explain(first).state === "running");
  const second = y.with({ resources: { memoryBytes: 1 } }).run(tasks.add, 1, 1);
  await yonder("cancel", y.id, "--drain");
  await assert.rejects(second, isCode("CANCELLED"));
  assert.equal(await first, 1500);
  await y.close();
});

test("without a journal nothing is written, and y.id is empty", async () => {
  process.env["XDG_STATE_HOME"] = join(scratch(), "state");
  await using y = await connect({ ...options, journal: false });
  assert.equal(await y.run(tasks.add, 1, 1), 2);
  assert.equal(y.id, "");
  assert.ok(!existsSync(process.env["XDG_STATE_HOME"]));
  ownState();
});

test("where no journal can be written, one line says so and the tasks run", async (t) => {
  // Not a directory, for root either.
  process.env["XDG_STATE_HOME"] = "/dev/null";
  const write = t.mock.method(process.stderr, "write", () => true);
  const y = await connect(options);
  const result = await y.run(tasks.add, 1, 1);
  await y.close();
  write.mock.restore();
  ownState();
  assert.equal(result, 2);
  assert.equal(y.id, "");
  const lines = write.mock.calls.map(({ arguments: [text] }) => String(text));
  assert.equal(lines.length, 1, lines.join());
  assert.match(lines[0]!, /^yonder: this run has no journal/);
});

function directoryOf(id: string): string {
  return join(process.env["XDG_STATE_HOME"]!, "yonder", "jobs", id);
}

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof YonderError && error.code === code;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const endMs = Date.now() + 20_000; !(await isSo()); await sleep(20)) {
    assert.ok(Date.now() < endMs, `not yet: ${isSo}`);
  }
}
