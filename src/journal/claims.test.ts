import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { liveClaims, tryClaim } from "./claims.ts";
import { findJob } from "./find-job.ts";
import { collectGarbage, collectGarbageSometimes } from "./gc.ts";
import { ownIdentity } from "./identity.ts";
import { isJobId, jobId } from "./job-id.ts";
import { machineSlots } from "./machine-slots.ts";
import { taskSet } from "./task-set.ts";
import { aJournal, scratch } from "./testing.ts";

const { host, boot, pid, startTicks } = ownIdentity();

test("as many as the limit hold a claim, and those of the dead go", () => {
  const directory = scratch();
  const claims = [tryClaim(directory, "x", 2), tryClaim(directory, "x", 2)];
  assert.ok(claims[0] && claims[1]);
  assert.equal(tryClaim(directory, "x", 2), undefined);
  assert.ok(tryClaim(directory, "y", 1), "another name is another claim");
  claims[0].release();
  claims[0].release();
  const names = {
    "a reused process id": `x@${host}.${boot}.${pid}.${startTicks + 1}.9`,
    "an earlier boot": `x@${host}.00000000+1.${pid}.${startTicks}.9`,
  };
  for (const name of Object.values(names)) writeFileSync(join(directory, name), "");
  assert.equal(liveClaims(directory, "x").length, 1);
  assert.equal(readdirSync(directory).length, 2, "the dead ones' files are gone");
});

test("an owner that cannot be seen counts while its claim is renewed", () => {
  const directory = scratch();
  const elsewhere = join(directory, "x@another-host.abc+1.5.6.1");
  writeFileSync(elsewhere, "");
  assert.equal(tryClaim(directory, "x"), undefined);
  utimesSync(elsewhere, 0, 0);
  assert.ok(tryClaim(directory, "x"));
});

test("slots of the machine are waited for", async () => {
  const slots = machineSlots({ XDG_RUNTIME_DIR: scratch() }, 1);
  const first = slots.tryAcquire();
  assert.ok(first);
  assert.equal(slots.tryAcquire(), undefined);
  setTimeout(() => first.release(), 50);
  const second = await slots.acquire(new AbortController().signal);
  await assert.rejects(slots.acquire(AbortSignal.timeout(30)), /abort/);
  second.release();
});

test("ids sort by time, and a part of one is enough", () => {
  const ids = [0, 10, 1000, 86_400_000, 31_536_000_000].map((ms) => jobId(Date.UTC(2026, 0, 1) + ms, 0.5));
  assert.deepEqual([...ids].sort(), ids);
  assert.ok(ids.every(isJobId));
  const env = { XDG_STATE_HOME: scratch() };
  const { journal: one } = aJournal({ env }, { startedMs: Date.UTC(2026, 0, 1) });
  const { journal: two } = aJournal({ env }, { startedMs: Date.UTC(2026, 0, 2) });
  assert.equal(findJob(env, one.id), one.directory);
  assert.equal(findJob(env, one.id.slice(0, 7)), one.directory);
  assert.equal(findJob(env, two.id.slice(-5).toUpperCase()), two.directory);
  assert.equal(findJob(env, "@"), two.directory);
  assert.equal(findJob(env, "@2"), one.directory);
  assert.throws(() => findJob(env, one.id.slice(0, 2)), /2 jobs match/);
  assert.throws(() => findJob(env, "@3"), /no job "@3"/);
  one.finish(0);
  two.finish(0);
});

test("gc by age; the automatic one at most once a day", () => {
  const { journal, options } = aJournal({}, { startedMs: 1 });
  const dayMs = 86_400_000;
  const nowMs = Date.now();
  const inDays = (days: number): number =>
    collectGarbage(options.env, { nowMs: nowMs + days * dayMs, isDry: true }).length;
  assert.equal(inDays(40), 0, "it lives");
  journal.finish(0);
  assert.deepEqual([inDays(29), inDays(31)], [0, 1]);
  collectGarbageSometimes(options.env, nowMs, 0.5);
  collectGarbageSometimes(options.env, nowMs + 0.5 * dayMs, 0.5);
  assert.equal(inDays(31), 1);
  collectGarbageSometimes(options.env, nowMs + 31 * dayMs, 0.5);
  assert.equal(inDays(31), 0);
});

test("a set of tasks", () => {
  const set = taskSet();
  assert.ok(set.add(1_000_000) && set.add(3) && !set.add(3));
  assert.deepEqual([...set.values()], [3, 1_000_000]);
  assert.ok(set.delete(3) && !set.delete(3) && !set.has(3) && !set.has(9_999_999));
  assert.equal(set.size, 1);
});

test("of two who want it alone at the same moment, exactly one gets it", async () => {
  const claims = new URL("./claims.ts", import.meta.url).href;
  const script = `
    const { claimAlone } = await import(${JSON.stringify(claims)});
    for await (const line of process.stdin) {
      const [directory, atMs] = String(line).split(" ");
      while (performance.timeOrigin + performance.now() < atMs);
      process.stdout.write(claimAlone(directory, "x") ? "got it" : "not");
    }`;
  const processes = [1, 2].map(() =>
    spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  const answers = processes.map(({ stdout }) => stdout[Symbol.asyncIterator]());
  for (let round = 0; round < 300; round++) {
    const directory = scratch();
    for (const { stdin } of processes) stdin.write(`${directory} ${Date.now() + 4}`);
    const said = await Promise.all(answers.map(async (answer) => String((await answer.next()).value)));
    assert.deepEqual(said.sort(), ["got it", "not"], `round ${round}`);
  }
  for (const { stdin } of processes) stdin.end();
});
