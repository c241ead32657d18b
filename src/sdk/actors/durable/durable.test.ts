import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { DurableOptions } from "../../../function/actor-options.ts";
import { connect } from "../../connect.ts";
import { Counter, Other } from "../../testing/actors.ts";
import type { Yonder } from "../../yonder.ts";

let directory = "";
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "yonder-durable-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const open = (threads = 2): Promise<Yonder> => connect({ threads, journal: false, progress: false });
const named = (more: DurableOptions = {}) => ({ name: "c", durable: { directory, ...more } });
const upTo = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

for (const isolation of ["thread", "process"] as const) {
  test(`a crash leaves no trace: every call once, in order, each with its result (${isolation})`, async () => {
    await using y = await open(1);
    const neighbour = await y.actor(Counter, { restart: { intensity: 9 } });
    const counter = await y.actor(Counter, { ...named({ every: 5 }), isolation, args: [100] });
    const results: Promise<number>[] = [];
    for (const k of upTo(300)) {
      results.push(counter.add(k));
      // Its thread or process goes while calls are under way; a call that did that itself would do it again.
      if (k % 100 === 50) {
        if (isolation === "process") process.kill((await counter.place()).pid, "SIGKILL");
        else await assert.rejects(neighbour.exit(1), { code: "WORKER_LOST" });
      }
      if (k % 10 === 0) await results.at(-1);
    }
    assert.deepEqual(
      await Promise.all(results),
      upTo(300).map((k) => 100 + (k * (k + 1)) / 2),
    );
    assert.deepEqual(await counter.all(), upTo(300));
  });
}

test("killed at random moments, with and without fsync", async () => {
  await using y = await open();
  for (const fsync of [false, true]) {
    const restart = { intensity: 1000 };
    const options = {
      ...named({ every: 20, fsync }),
      name: `c${fsync}`,
      restart,
      isolation: "process",
    } as const;
    const counter = await y.actor(Counter, options);
    let isOver = false;
    const killing = (async () => {
      while (!isOver) {
        const { pid } = await counter.place();
        await sleep(Math.random() * 30);
        if (!isOver) process.kill(pid, "SIGKILL");
      }
    })();
    const results: Promise<number>[] = [];
    for (const k of upTo(2000)) {
      results.push(counter.add(k));
      if (k % 100 === 0) await sleep(5);
    }
    await Promise.all(results);
    isOver = true;
    await killing;
    assert.deepEqual(await counter.all(), upTo(2000));
  }
});

test("another connection goes on where the last one ended, whatever arguments it gives", async () => {
  for (const [time, expected] of [11, 12, 13].entries()) {
    await using y = await open();
    const counter = await y.actor(Counter, { ...named(), args: [time === 0 ? 10 : 77] });
    assert.equal(await counter.add(1), expected);
  }
});

test("the constructor's arguments count until the first checkpoint is there, and never later", async () => {
  await using y = await open();
  const counter = await y.actor(Counter, { ...named(), isolation: "process", args: [10] });
  process.kill((await counter.place()).pid, "SIGKILL");
  assert.equal(await counter.add(1), 11);
});

test("checkpoints: every so many calls, and on demand; the log holds what came since", async () => {
  await using y = await open();
  const counter = await y.actor(Counter, named({ every: 10 }));
  const stateOf = () => JSON.parse(readFileSync(join(directory, "c", "state"), "latin1").split("\n")[0]!);
  await Promise.all(upTo(25).map((k) => counter.add(k)));
  for (let tries = 0; tries < 1000 && stateOf().number < 20; tries++) await sleep(10);
  assert.deepEqual(
    [stateOf().number, stateOf().className, stateOf().node],
    [20, "CounterClass", Number.parseInt(process.versions.node, 10)],
  );
  await y.checkpoint(counter);
  assert.equal(stateOf().number, 25);
  assert.deepEqual(
    readdirSync(join(directory, "c")).filter((name) => name.startsWith("log")),
    [],
  );
});

test("an argument that cannot be logged fails its call alone", async () => {
  await using y = await open();
  const counter = await y.actor(Counter, named());
  const [one, bad, two] = [counter.add(1), counter.add((() => 1) as never), counter.add(2)];
  await assert.rejects(bad, { code: "ARGUMENT", message: /args\[0\] is a function/ });
  assert.deepEqual([await one, await two], [1, 3]);
});

test("crashOnError: a call that throws leaves no trace in the state, now and later", async () => {
  for (let time = 1; time <= 2; time++) {
    await using y = await open();
    const counter = await y.actor(Counter, { ...named(), crashOnError: true });
    const [one, bad, two] = [counter.add(1), counter.addAndThrow(50), counter.add(1)];
    await assert.rejects(bad, { message: "50 is too much" });
    assert.deepEqual([await one, await two], [2 * time - 1, 2 * time]);
  }
});

test("a call that ends its process each time makes the actor dead, not the program endless", async () => {
  await using y = await open();
  const counter = await y.actor(Counter, { ...named(), isolation: "process", restart: { intensity: 2 } });
  await assert.rejects(counter.exit(1), { code: "ACTOR_DEAD" });
});

test("one at a time has the actor; another class never has it", async () => {
  await using y = await open();
  await using other = await open();
  const counter = await y.actor(Counter, named());
  await counter.add(1);
  await assert.rejects(other.actor(Counter, named()), {
    code: "ACTOR_CONFLICT",
    message: /durable actor c is run by this program already/,
  });
  await y.stop(counter);
  assert.equal(await (await other.actor(Counter, named())).add(1), 2);
  await assert.rejects(y.actor(Other, { name: "c", durable: { directory } }), { code: "USAGE" });
});

test("a state that was changed is not taken for one", async () => {
  await using y = await open();
  await y.stop(await y.actor(Counter, named()));
  const file = join(directory, "c", "state");
  const bytes = readFileSync(file);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(file, bytes);
  await assert.rejects(y.actor(Counter, named()), { code: "STORE_CORRUPT" });
});

test("the whole program killed, and started again: the state is that of one that was not", async () => {
  const seen = new Map<number, number>();
  const run = (killAfterMs: number | undefined): Promise<void> =>
    new Promise((resolve) => {
      const program = new URL("fixture-driver.ts", import.meta.url).pathname;
      const child = spawn(process.execPath, [program, directory, "3000"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.on("data", (chunk) => {
        if (text === "" && killAfterMs !== undefined) setTimeout(() => child.kill("SIGKILL"), killAfterMs);
        text += chunk;
      });
      child.on("close", () => {
        for (const [, k, sum] of text.matchAll(/^(\d+) (\d+)$/gm)) seen.set(Number(k), Number(sum));
        resolve();
      });
    });
  for (let time = 0; time < 6; time++) await run(Math.random() * 150);
  await run(undefined);
  await using y = await open();
  const counter = await y.actor(Counter, { name: "sum", durable: { directory } });
  const history = await counter.all();
  assert.deepEqual(
    history.filter((k) => k > 0),
    upTo(3000),
  );
  for (const [k, sum] of seen) assert.equal(sum, (k * (k + 1)) / 2);
});
