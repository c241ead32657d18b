import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sandbox } from "./sandbox.ts";

/** ctrl-Z: what runs stops with yonder, and goes on with it. */

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !holds(); await sleep(20)) assert.ok(Date.now() < end, String(holds));
}

const stateOf = (pid: number): string => /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))![1]!;

test("jobs stop with yonder and go on with it; time that stood still is no timeout", {
  skip: !existsSync("/proc/self/stat"),
}, async () => {
  for (const name of ["yonder", "parallel"]) {
    using place = sandbox();
    const log = join(place.directory, "ticks");
    const ticks = (): number => statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    // Its own end is a file, so that nothing depends on how fast the machine is.
    const job = "while [ ! -e stop ]; do echo >>ticks; sleep 0.05; done; echo {}";
    const yonder = place.start(`${name} -j2 -k --timeout 20 '${job}' ::: a b`);
    await until(() => ticks() > 0);
    yonder.kill("SIGTSTP");
    await until(() => stateOf(yonder.pid) === "T");
    const before = ticks();
    await sleep(1000);
    assert.equal(ticks(), before);
    yonder.kill("SIGCONT");
    await until(() => ticks() > before);
    // A second time, too.
    yonder.kill("SIGTSTP");
    await until(() => stateOf(yonder.pid) === "T");
    place.run("touch stop");
    await sleep(500);
    assert.equal(yonder.shown(), "");
    yonder.kill("SIGCONT");
    const { status, stdout, stderr } = await yonder.ended;
    assert.equal(status, 0, stderr);
    assert.equal(stdout, "a\nb\n");
  }
});

test("a timeout counts what was run, not what was stopped", {
  skip: !existsSync("/proc/self/stat"),
}, async () => {
  using place = sandbox();
  const yonder = place.start(
    "yonder --timeout 15 'touch began; until [ -e stop ]; do sleep 0.05; done; : {}' ::: a",
  );
  await until(() => existsSync(join(place.directory, "began")));
  yonder.kill("SIGTSTP");
  await until(() => stateOf(yonder.pid) === "T");
  await sleep(17_000);
  place.run("touch stop");
  yonder.kill("SIGCONT");
  const { status, stderr } = await yonder.ended;
  assert.equal(status, 0, stderr);
});

test("what has not run is said, whenever the second signal comes", async () => {
  using place = sandbox();
  for (let round = 0; round < 4; round++) {
    place.run("rm -f began");
    const yonder = place.start("yonder -j2 'touch began; sleep 0.4; : {}' ::: a b c d");
    await until(() => existsSync(join(place.directory, "began")));
    yonder.kill("SIGTERM");
    // Again and again, from before its jobs end until it has.
    let hasEnded = false;
    void yonder.ended.then(() => (hasEnded = true));
    await sleep(330);
    for (; !hasEnded; await sleep(2)) yonder.kill("SIGTERM");
    const { stderr } = await yonder.ended;
    assert.match(stderr, /[234] of 4 have not run/);
  }
});
