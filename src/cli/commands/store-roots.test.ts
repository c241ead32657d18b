import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fsStore } from "../../store/fs/fs-store.ts";
import { packPath, placesOf, storeDirectory } from "../../store/fs/places.ts";
import { aBlock, aFile, putBlocks, scratch } from "../../store/fs/testing.ts";
import type { CommandIo } from "./io.ts";

interface Answer {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

type Run = (args: readonly string[], io: CommandIo) => Promise<number>;

/** The commands of one store, with the clock so many days ahead. */
function commandsOf(
  env: NodeJS.ProcessEnv,
  daysAhead = 0,
): (name: string, ...args: string[]) => Promise<Answer> {
  return async (name, ...args) => {
    const { run } = (await import(`./${name}.ts`)) as { run: Run };
    const answer = { out: "", err: "" };
    const exitCode = await run(args, {
      env,
      write: (content) => void (answer.out += String(content)),
      writeError: (content) => void (answer.err += String(content)),
      note: (line) => void (answer.err += `yonder: ${line}\n`),
      columns: undefined,
      nowMs: () => Date.now() + daysAhead * 86_400_000,
    } as CommandIo);
    return { exitCode, ...answer };
  };
}

async function aStoreOfTwo(): Promise<{ env: NodeJS.ProcessEnv; directory: string; cids: [string, string] }> {
  const home = scratch();
  const env = { HOME: home, XDG_DATA_HOME: join(home, "data") };
  await using store = fsStore(storeDirectory(env));
  const block = aBlock();
  await putBlocks(store, block);
  const { cid } = await store.putFile(aFile(100_000));
  await store.flush();
  return { env, directory: store.directory, cids: [block.cid, cid] };
}

test("pin, pins and unpin, in tables and as JSON", async () => {
  const { env, cids } = await aStoreOfTwo();
  const yonder = commandsOf(env);
  assert.equal((await yonder("pins")).err, "yonder: no pins\n");
  assert.equal((await yonder("pin", cids[0], "--reason", "for ever")).out, `${cids[0]}\n`);
  assert.match((await yonder("pins")).out, new RegExp(`^CID .*\n${cids[0]}  20.* for ever\n$`));
  const pin = JSON.parse((await yonder("pins", "--json")).out) as { cid: string; reason: string };
  assert.deepEqual([pin.cid, pin.reason], [cids[0], "for ever"]);
  assert.equal((await yonder("unpin", cids[0])).exitCode, 0);
  assert.equal((await yonder("unpin", cids[0])).exitCode, 1);
  await assert.rejects(yonder("pin", "nobody/knows"), { code: "STORE_MISSING", exitCode: 1 });
  await assert.rejects(yonder("pin"), { code: "USAGE" });
});

test("name set, get, list and rm, with what is expected", async () => {
  const { env, cids } = await aStoreOfTwo();
  const yonder = commandsOf(env);
  await yonder("name", "set", "data/books", cids[0], "--absent");
  await assert.rejects(yonder("name", "set", "data/books", cids[1], "--absent"), { code: "STORE_CONFLICT" });
  await assert.rejects(yonder("name", "set", "data/books", cids[1], "--expect", cids[1]), {
    code: "STORE_CONFLICT",
    exitCode: 1,
  });
  await yonder("name", "set", "data/books", cids[1], "--expect", cids[0]);
  assert.equal((await yonder("name", "get", "data/books")).out, `${cids[1]}\n`);
  assert.match((await yonder("name", "list", "data/")).out, /^NAME .*\ndata\/books /);
  assert.equal((await yonder("pin", "data/books")).out, `${cids[1]}\n`);
  assert.equal((await yonder("name", "rm", "data/books")).exitCode, 0);
  assert.equal((await yonder("name", "rm", "data/books")).exitCode, 1);
  await assert.rejects(yonder("name", "get", "data/books"), { code: "STORE_MISSING" });
  await assert.rejects(yonder("name", "frob", "x"), { code: "USAGE", exitCode: 2 });
});

test("gc says what it freed of journals and of the store, and keeps what is pinned", async () => {
  const { env, cids } = await aStoreOfTwo();
  await commandsOf(env)("pin", cids[0]);
  const later = commandsOf(env, 15);
  const dry = await later("gc", "--dry-run", "--json");
  assert.deepEqual(JSON.parse(dry.out), {
    dryRun: true,
    jobs: [],
    store: { blocks: 1, actions: 0, freedBytes: 100_000 },
  });
  assert.match((await later("gc", "--grace", "20")).err, /freed 0 B of 0 blocks in the store/);
  assert.doesNotMatch((await later("gc", "--only", "jobs")).err, /store/);
  assert.match((await later("gc")).err, /of 0 jobs\n.*freed 97.7 KiB of 1 blocks in the store\n/);
  await using store = fsStore(storeDirectory(env));
  assert.deepEqual(await store.hasBlocks(cids as never), [true, false]);
});

test("gc makes no store where there is none", async () => {
  const env = { HOME: scratch() };
  assert.doesNotMatch((await commandsOf(env)("gc")).err, /store/);
});

test("verify tells what is damaged and what is missing, and builds the index again", async () => {
  const { env, directory, cids } = await aStoreOfTwo();
  const yonder = commandsOf(env);
  await yonder("pin", ...cids);
  const good = await yonder("verify");
  assert.deepEqual([good.exitCode, good.err], [0, "yonder: 2 blocks, 97.8 KiB: all good\n"]);
  assert.equal((await yonder("verify", "--rebuild")).exitCode, 0);
  const pack = packPath(placesOf(directory), 1);
  const bytes = readFileSync(pack);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(pack, bytes);
  const bad = await yonder("verify");
  assert.equal(bad.exitCode, 1);
  assert.match(
    bad.out,
    new RegExp(`^CID .*\n${cids[0]}  damaged  .*\n${cids[0]}  missing  below ${cids[0]}\n$`),
  );
});
