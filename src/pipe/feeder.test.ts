import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { type BlockFeeder, createFeeder } from "./feeder.ts";

let directory: string;
let feeder: BlockFeeder;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "feeder é'-"));
  feeder = await createFeeder(Buffer.from(directory).toString("latin1"), 2);
});

afterEach(async () => {
  feeder.close();
  assert.deepEqual(readdirSync(directory), []);
  await rm(directory, { recursive: true });
});

/** What a shell command prints with the FIFO as its standard input. */
async function run(path: string, command: string, before = ""): Promise<string> {
  const fifo = Buffer.from(path, "latin1").toString();
  const child = spawn("sh", ["-c", `${before}exec < "$1"; ${command}`, "sh", fifo], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString("latin1");
  });
  await new Promise((resolve) => child.on("close", resolve));
  return out;
}

test("a job reads its chunks and then the end", async () => {
  const feed = feeder.open([Buffer.from("head\n"), Buffer.from("1\n2\n")]);
  assert.equal(await run(feed.path, "cat"), "head\n1\n2\n");
  feed.close();
});

test("a directory whose name is no text", async () => {
  const inner = Buffer.concat([Buffer.from(directory), Buffer.from("/\xff \n'$x", "latin1")]);
  mkdirSync(inner);
  const other = await createFeeder(inner.toString("latin1"), 2);
  const feed = other.open([Buffer.from("x")]);
  assert.ok(readdirSync(inner).length > 0);
  feed.close();
  other.close();
  rmdirSync(inner);
});

test("a block larger than the pipe arrives whole", async () => {
  const feed = feeder.open([Buffer.alloc(3_000_000, "x")]);
  assert.equal((await run(feed.path, "wc -c")).trim(), "3000000");
  feed.close();
});

test("a job that starts late gets all of it", async () => {
  const feed = feeder.open([Buffer.from("early\n")]);
  assert.equal(await run(feed.path, "cat", "sleep 0.1; "), "early\n");
  feed.close();
});

test("nothing of a block that a job left unread reaches the next job", async () => {
  for (let i = 0; i < 6; i++) {
    const feed = feeder.open([Buffer.from(`block ${i}\n`), Buffer.alloc(500_000, "x")]);
    assert.equal(await run(feed.path, "head -c 8; exit 3"), `block ${i}\n`);
    feed.close();
    feed.close();
  }
});

for (const bytes of [100, 65536, 200_000])
  test(`an attempt that was taken back finds no FIFO, ${bytes} bytes`, async () => {
    const feed = feeder.open([Buffer.alloc(bytes)]);
    feed.close();
    assert.equal(await run(feed.path, "cat", 'exec 2>/dev/null; test -e "$1" && echo there; '), "");
    const others = Array.from({ length: 40 }, () => feeder.open().path);
    assert.ok(!others.includes(feed.path));
  });

test("a job that ends at once and reads nothing", async () => {
  for (let i = 0; i < 3; i++) {
    const feed = feeder.open([Buffer.from("unread")]);
    assert.equal(await run(feed.path, "true"), "");
    feed.close();
  }
});

test("FIFOs of jobs that read are used again", async () => {
  const paths = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const feed = feeder.open([Buffer.from("x\n"), Buffer.alloc(i * 10_000)]);
    paths.add(feed.path);
    await run(feed.path, "cat >/dev/null");
    feed.close();
  }
  assert.equal(paths.size, 1);
});

test("a process that a job leaves behind keeps its FIFO to itself", async () => {
  const first = feeder.open([Buffer.alloc(200_000, "x")]);
  const path = first.path;
  await run(path, "exec 3<&0; sleep 0.5 <&3 >/dev/null 2>&1 & exit 0");
  first.close();
  const paths = Array.from({ length: 4 }, () => feeder.open().path);
  assert.ok(!paths.includes(path));
});

test("writes resolve when a job closes its input and lives on", async () => {
  const feed = feeder.open();
  const running = run(feed.path, "head -c 200000 >/dev/null; exec <&-; sleep 0.5; echo lived");
  for (let i = 0; i < 5; i++) await feed.write([Buffer.alloc(100_000)]);
  assert.equal(feed.broken, true);
  feed.end();
  assert.equal(await running, "lived\n");
  feed.close();
});

test("a feed is written piece by piece", async () => {
  const feed = feeder.open();
  const running = run(feed.path, "cksum; cat");
  for (let i = 0; i < 10; i++) await feed.write([Buffer.from(`${i}\n`), Buffer.alloc(70_000, "y")]);
  feed.end();
  assert.match(await running, /^\d+ 700020\s/);
  assert.equal(feed.bytes, 700_020);
  feed.close();
});

test("a feed that is closed may be ended late, when its FIFO is another's or gone", async () => {
  const late = [feeder.open(), feeder.open()];
  await late[0]!.write([Buffer.from("unread")]);
  for (const feed of late) feed.close();
  for (const feed of late) feed.end();
  const next = feeder.open([Buffer.from("next\n")]);
  // Long enough for whoever looks after a FIFO to look.
  assert.equal(await run(next.path, "cat", "sleep 0.1; "), "next\n");
});
