import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { semaphoreFileName } from "./name.ts";

const fixture = fileURLToPath(new URL("fixture-sem.ts", import.meta.url));

/** A home of its own, and a `sem` in it. */
function aHome(): {
  directory: string;
  log: string;
  sem: (...args: string[]) => Promise<{ rc: number; err: string }>;
} {
  const directory = mkdtempSync(join(tmpdir(), "semaphore-test-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const env = { ...process.env, PARALLEL_HOME: directory };
  const sem = async (...args: string[]): Promise<{ rc: number; err: string }> => {
    const child = spawn(process.execPath, [fixture, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    const [rc] = (await once(child, "exit")) as [number];
    return { rc, err };
  };
  return { directory, log: join(directory, "log"), sem };
}

/** A command that runs until a file is there, however slow the machine is. */
function until(file: string, then: string): string {
  return `while ! [ -e ${file} ]; do sleep 0.02; done; ${then}`;
}

test("names of files are those of GNU parallel", () => {
  assert.equal(semaphoreFileName("aZ09_-.@:+,=~\xc3\xa9%"), "id-aZ09_-2e403a2b2c3d7ec3a925");
  assert.equal(semaphoreFileName("/dev/pts/0"), "id-2fdev2fpts2f0");
  assert.equal(semaphoreFileName("a\nb"), "id-aab");
  assert.equal(semaphoreFileName(""), "id-");
  assert.equal(semaphoreFileName("x".repeat(300)).length, 243);
});

test("never more than the limit at once, and all get their turn", async () => {
  const { directory, log, sem } = aHome();
  const command = `echo + >>${log}; sleep 0.05; echo - >>${log}`;
  const ends = await Promise.all(Array.from({ length: 8 }, () => sem("m", "2", "0", "fg", command)));
  assert.deepEqual(new Set(ends.map(({ rc }) => rc)), new Set([0]));
  let held = 0;
  let most = 0;
  for (const sign of readFileSync(log, "utf8").trim().split("\n")) {
    held += sign === "+" ? 1 : -1;
    most = Math.max(most, held);
  }
  assert.deepEqual([held, most <= 2], [0, true]);
  assert.ok(!existsSync(join(directory, "semaphores", "id-m")), "an empty semaphore is removed");
});

test("in the background it returns at once; the next waits, and --wait for all", async () => {
  const { log, sem } = aHome();
  assert.equal((await sem("b", "1", "0", "bg", until(log, `echo first >>${log}`))).rc, 0);
  writeFileSync(log, "returned\n");
  assert.equal((await sem("b", "1", "0", "bg", `sleep 0.3; echo second >>${log}`)).rc, 0);
  assert.equal(readFileSync(log, "utf8"), "returned\nfirst\n");
  assert.equal((await sem("b", "1", "0", "wait")).rc, 0);
  assert.equal(readFileSync(log, "utf8"), "returned\nfirst\nsecond\n");
});

test("in the foreground the exit status is the command's", async () => {
  const { sem } = aHome();
  assert.equal((await sem("e", "1", "0", "fg", "exit 7")).rc, 7);
});

test("a timeout gives up or takes over, in GNU parallel's words", async () => {
  const { directory, log, sem } = aHome();
  const stop = join(directory, "stop");
  await sem("t", "1", "0", "bg", until(stop, `echo slow >>${log}`));
  assert.deepEqual(await sem("t", "1", "-200", "fg", "exit 7"), {
    rc: 1,
    err: "Semaphore timed out. Exiting.\n",
  });
  assert.equal((await sem("t", "1", "-200", "wait")).rc, 1);
  assert.deepEqual(await sem("t", "1", "200", "fg", `echo stolen >>${log}`), {
    rc: 0,
    err: "Semaphore timed out. Stealing the semaphore.\n",
  });
  writeFileSync(stop, "");
  assert.equal((await sem("t", "1", "0", "wait")).rc, 0);
  assert.equal(readFileSync(log, "utf8"), "stolen\nslow\n");
});

test("a holder that was killed holds no more; one on another machine does", async () => {
  const { directory, sem } = aHome();
  const semaphore = join(directory, "semaphores", "id-k");
  const holder = sem("k", "1", "0", "fg", "exec sleep 5");
  const holders = (): string[] =>
    (existsSync(semaphore) ? readdirSync(semaphore) : []).filter((name) => name.includes("@"));
  while (holders().length === 0) await sleep(10);
  process.kill(Number.parseInt(holders()[0]!, 10), "SIGKILL");
  await holder;
  assert.equal((await sem("k", "1", "-1000", "fg", "exit 3")).rc, 3);
  mkdirSync(semaphore, { recursive: true });
  writeFileSync(join(semaphore, "1@not-" + hostname()), "");
  assert.equal((await sem("k", "1", "-100", "fg")).rc, 1);
});

const gnu =
  spawnSync("parallel", ["--version"], { encoding: "utf8" }).stdout?.startsWith("GNU parallel") ?? false;

test("GNU parallel and we wait for each other", {
  skip: gnu ? false : "GNU parallel is not there",
}, async () => {
  const { directory, log, sem } = aHome();
  const env = { ...process.env, PARALLEL_HOME: directory };
  const gnuSem = (...args: string[]): number | null =>
    spawnSync("parallel", ["--will-cite", "--semaphore", "--id", "g", ...args], { env, stdio: "ignore" })
      .status;
  const stop = join(directory, "stop");
  gnuSem(until(stop, `echo gnu >>${log}`));
  assert.equal((await sem("g", "1", "-100", "fg")).rc, 1);
  writeFileSync(stop, "");
  assert.equal((await sem("g", "1", "0", "bg", `sleep 1; echo ours >>${log}`)).rc, 0);
  assert.equal(readFileSync(log, "utf8"), "gnu\n");
  assert.equal(gnuSem("--fg", `echo again >>${log}`), 0);
  assert.equal(readFileSync(log, "utf8"), "gnu\nours\nagain\n");
});
