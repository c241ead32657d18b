import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ActionKey } from "../../interface/store.ts";
import { cidOf } from "../cid.ts";
import { walkDag } from "../walk.ts";
import { fsStore } from "./fs-store.ts";

/** A process of its own that uses a store, for tests: it says on standard output what was acknowledged. */
const [directory = "", what, ...words] = process.argv.slice(2);
const store = fsStore(directory);

switch (what) {
  case "put":
    await putForEver();
    break;
  case "count":
    await count(Number(words[0]));
    break;
  case "same":
    await putSame(Number(words[0]), words[1]!);
    break;
  case "open":
    await openAtOnce(Number(words[0]), Number(words[1]));
    break;
  case "trees":
    await putTrees(Number(words[0]));
    break;
}
await store[Symbol.asyncDispose]();

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

/** Blocks, files of all sizes, actions, until it is killed. */
async function putForEver(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "yonder-user-"));
  say(`scratch ${scratch}`);
  const path = join(scratch, "file");
  for (let turn = 0; ; turn++) {
    const bytes = randomBytes(1 + Math.floor(Math.random() * 5000));
    const cid = cidOf("raw", bytes);
    await store.putBlock(cid, bytes);
    say(`root ${cid}`);
    const size = [1000, 70_000, 300_000, 2_500_000][turn % 4]!;
    writeFileSync(path, randomBytes(size));
    const file = await store.putFile(path);
    say(`root ${file.cid}`);
    const key = randomBytes(32).toString("hex") as ActionKey;
    await store.putAction(key, { value: Buffer.from("{}"), outputs: [file.cid] });
    say(`action ${key}`);
    if (turn % 5 === 4) await store.flush();
  }
}

/** Adds one to a name's number `times` times, by compare-and-set: the number is the block that the name refers to. */
async function count(times: number): Promise<void> {
  for (let done = 0; done < times; ) {
    const before = await store.getName("counter");
    const number = before === undefined ? 0 : Number(Buffer.from(await store.getBlock(before)).toString());
    const bytes = Buffer.from(String(number + 1));
    const cid = cidOf("raw", bytes);
    await store.putBlock(cid, bytes);
    try {
      await store.setName("counter", cid, before ?? "absent");
      done++;
    } catch (error) {
      if ((error as { code?: string }).code !== "STORE_CONFLICT") throw error;
    }
  }
}

/** Puts the same blocks as others, and one file. */
async function putSame(blocks: number, path: string): Promise<void> {
  for (let number = 0; number < blocks; number++) {
    const bytes = Buffer.from(`block ${number}`.repeat(20));
    await store.putBlock(cidOf("raw", bytes), bytes);
  }
  say((await store.putFile(path)).cid);
}

/** Opens each store below the directory, at the same moments as others. */
async function openAtOnce(stores: number, fromMs: number): Promise<void> {
  const stepMs = 15;
  for (let number = 0; number < stores; number++) {
    while (Date.now() < fromMs + number * stepMs);
    await using mine = fsStore(join(directory, `${number}`));
    await mine.pins();
  }
}

/**
 * Puts trees that share files with each other and with those of other processes, each by a store of its own, as many
 * short commands do. Files come back with the content that they had some turns before, which may just be removed.
 */
async function putTrees(times: number): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "yonder-user-"));
  const write = (file: number, turn: number): void => {
    const content = Buffer.alloc(100 + file * 20_000, `${file} ${turn % 5}`);
    writeFileSync(join(scratch, `f${file}`), content);
  };
  for (let file = 0; file < 20; file++) write(file, 0);
  for (let turn = 0; turn < times; turn++) {
    for (let file = turn % 3; file < 20; file += 3) write(file, turn);
    await using mine = fsStore(directory);
    const { cid } = await mine.putTree(scratch);
    for await (const _ of walkDag(mine, [cid]));
    await mine.setName(`tree/${process.pid}`, cid);
    for await (const _ of walkDag(mine, [cid]));
    say(cid);
  }
  rmSync(scratch, { recursive: true });
}
