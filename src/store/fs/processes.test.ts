import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ActionKey, Cid } from "../../interface/store.ts";
import { walkDag } from "../walk.ts";
import { discardIndex } from "./discard-index.ts";
import { fsStore } from "./fs-store.ts";
import { placesOf } from "./places.ts";
import { namesIn } from "./temporary.ts";
import { aFile, aStore, aUser, contents, linesOf } from "./testing.ts";

/** More with YONDER_CRASHES. */
const CRASHES = Number(process.env["YONDER_CRASHES"] ?? 52);
const AT_ONCE = 4;

test("kill -9 at any moment loses nothing that was acknowledged", async () => {
  const empty = aStore();
  await empty[Symbol.asyncDispose]();
  const acknowledged = { roots: [] as Cid[], actions: [] as ActionKey[] };
  for (let round = 0; round < CRASHES / AT_ONCE; round++) {
    const lines = (await Promise.all(Array.from({ length: AT_ONCE }, () => killedUser(empty)))).flat();
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
  assert.ok(acknowledged.roots.length > CRASHES * 2, `${acknowledged.roots.length} puts`);
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

/** What it said before it was killed. */
async function killedUser(store: Parameters<typeof aUser>[0]): Promise<string[]> {
  const user = aUser(store, "put");
  const lines = linesOf(user);
  await new Promise((resolve) => user.stdout!.once("data", resolve));
  await sleep(Math.random() * 400);
  user.kill("SIGKILL");
  return await lines;
}

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
