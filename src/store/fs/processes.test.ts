import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ActionKey, Cid } from "../../interface/store.ts";
import { walkDag } from "../walk.ts";
import { discardIndex } from "./discard-index.ts";
import { fsStore } from "./fs-store.ts";
import { placesOf } from "./places.ts";
import { namesIn } from "./temporary.ts";
import { aFile, aStore, aUser, contents, linesOf, scratch } from "./testing.ts";

/** More with YONDER_CRASHES; fewer on a machine that is busy: each round verifies all that is there. */
const CRASHES = Number(process.env["YONDER_CRASHES"] ?? 52);
const ENOUGH_MS = process.env["YONDER_CRASHES"] === undefined ? 40_000 : Number.POSITIVE_INFINITY;
const AT_ONCE = 4;

test("kill -9 at any moment loses nothing that was acknowledged", async () => {
  const empty = aStore();
  await empty[Symbol.asyncDispose]();
  const acknowledged = { roots: [] as Cid[], actions: [] as ActionKey[] };
  const startMs = Date.now();
  let crashes = 0;
  for (let round = 0; crashes < CRASHES && Date.now() - startMs < ENOUGH_MS; round++, crashes += AT_ONCE) {
    const lines = (
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => killedUser(empty, index === 0)))
    ).flat();
    const said = (what: string): string[] =>
      lines.filter((line) => line.startsWith(`${what} `)).map((line) => line.slice(what.length + 1));
    for (const scratch of said("scratch")) rmSync(scratch, { recursive: true });
    acknowledged.roots.push(...(said("root") as Cid[]));
    acknowledged.actions.push(...(said("action") as ActionKey[]));
    await using store = fsStore(empty.directory);
    const { damaged, missing } = await store.verify();
    assert.deepEqual([damaged, missing], [[], []], `round ${round}`);
    for await (const _ of walkDag(store, said("root") as Cid[]));
    assert.deepEqual(namesIn(placesOf(store.directory).temporary), [], "files of the dead");
  }
  assert.ok(crashes > 0, "YONDER_CRASHES is a number of crashes");
  assert.ok(acknowledged.roots.length >= crashes * 1.5, `${acknowledged.roots.length} puts`);
  await using store = fsStore(empty.directory);
  await store.collectGarbage();
  assert.ok((await store.hasBlocks(acknowledged.roots)).every(Boolean));
  assert.ok((await store.getActions(acknowledged.actions)).every((record) => record !== undefined));
  const before = await contents(store);
  await store[Symbol.asyncDispose]();
  discardIndex(store.directory);
  await using rebuilt = fsStore(store.directory);
  assert.deepEqual(await contents(rebuilt), before);
});

/** What it said before it was killed: while it opens the store, or within its first puts, however fast they are. */
async function killedUser(store: Parameters<typeof aUser>[0], isEarly: boolean): Promise<string[]> {
  const user = aUser(store, "put");
  const exit = new Promise<string | null>((resolve) => user.on("exit", (_, signal) => resolve(signal)));
  // The first names its directory, and of each turn three say what was put.
  let linesToCome = isEarly ? 1 : 4 + Math.floor(Math.random() * 10);
  const isFarEnough = new Promise<void>((resolve) => {
    user.stdout!.on("data", (data) => (linesToCome -= String(data).split("\n").length - 1) <= 0 && resolve());
  });
  const lines = linesOf(user);
  await Promise.race([isFarEnough, exit]);
  await sleep(Math.random() * (isEarly ? 200 : 20));
  user.kill("SIGKILL");
  assert.equal(await exit, "SIGKILL", "nothing else ends it");
  return await lines;
}

test("of processes that open at once what a killed one has begun, all get in", async () => {
  const stores = 40;
  const all = scratch();
  for (let number = 0; number < stores; number++) {
    const directory = join(all, `${number}`);
    mkdirSync(directory);
    for (const name of ["index", "roots", "actions"]) {
      writeFileSync(join(directory, `${name}.sqlite`), "");
      writeFileSync(join(directory, `${name}.sqlite-wal`), "cut off");
    }
  }
  const fromMs = Date.now() + 1500;
  const users = Array.from({ length: 4 }, () => aUser({ directory: all }, "open", `${stores}`, `${fromMs}`));
  await Promise.all(users.map(succeeded));
});

test("processes that put the same at the same time agree, and store it once", async () => {
  await using store = aStore();
  const path = aFile(5_000_000);
  const users = Array.from({ length: 4 }, () => aUser(store, "same", "200", path));
  const said = await Promise.all(users.map(succeeded));
  assert.equal(new Set(said.flat()).size, 1);
  assert.equal((await contents(store)).size, 200 + 6);
  assert.deepEqual((await store.verify()).damaged, []);
});

test("of processes that set a name to what they expect, one succeeds each time", async () => {
  await using store = aStore();
  const users = Array.from({ length: 4 }, () => aUser(store, "count", "25"));
  await Promise.all(users.map(succeeded));
  const counter = await store.getName("counter");
  assert.equal(Buffer.from(await store.getBlock(counter!)).toString(), "100");
});

async function succeeded(user: ChildProcess): Promise<string[]> {
  const exit = new Promise((resolve) => user.on("exit", resolve));
  const lines = await linesOf(user);
  assert.equal(await exit, 0);
  return lines;
}
