import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { testSink } from "./testing.ts";

/** Runs a module that shows `count` outputs of 100 KB on standard output, and says on standard error how it went. */
function showMuch(count: number): string {
  const sink = new URL("./sink.ts", import.meta.url).href;
  return `
    import { openSink } from ${JSON.stringify(sink)};
    import { writeFileSync } from "node:fs";
    const say = (text) => process._rawDebug(text);
    const shown = [], written = [];
    const sink = openSink({ grouping: "group", keepOrder: false, tmpdir: process.env.TMPDIR || "/tmp",
      onShown: (seq) => shown.push(seq), onWritten: (beyond) => written.push([shown.length, beyond.stdout]), onClosed: (fd) => say("closed " + fd), onError: (e) => say(e.message) });
    for (let seq = 1; seq <= ${count}; seq++) {
      const spec = sink.started({ seq, slot: 1, attempt: 1, command: "job", rows: [] });
      writeFileSync(spec.stdout, (seq % 10 + "").repeat(99999) + "\\n");
      sink.ended(seq, { exitCode: 0, signal: 0, startMs: 0, endMs: 0, keep: true });
    }
    const ticks = setInterval(() => ++ticked === 5 && process.env.ALIVE && say("alive"), 5); let ticked = 0;
    await sink.close().catch((e) => say("rejected " + e.code));
    clearInterval(ticks);
    say("shown " + shown.length);
    if (process.env.WRITTEN) say(JSON.stringify(written));
  `;
}

test("a reader that stops for a while gets everything, and the event loop goes on meanwhile", async () => {
  const env = { ...process.env, ALIVE: "1" };
  const child = spawn(process.execPath, ["--input-type=module", "-e", showMuch(20)], { env });
  let said = "";
  // Nobody reads before the loop has gone on for a while. Where it stands still, nothing is said until all is read.
  const alive = new Promise((resolve) => child.stderr.on("data", (data) => resolve((said += data))));
  await Promise.race([alive, sleep(20_000, undefined, { ref: false })]);
  let size = 0;
  child.stdout.on("data", (data: Buffer) => (size += data.length));
  await new Promise((resolve) => child.on("close", resolve));
  assert.equal(size, 2_000_000);
  assert.equal(said, "alive\nshown 20\n");
});

test("while more waits, it is told what is out, and how much of the next is there with it", () => {
  const env = { ...process.env, WRITTEN: "1" };
  const run = spawnSync(process.execPath, ["--input-type=module", "-e", showMuch(7)], {
    encoding: "latin1",
    env,
  });
  const written = JSON.parse(run.stderr.split("\n")[1]!) as [shown: number, beyondBytes: number][];
  // Writes of 256 KiB end within the third, the sixth and the seventh output.
  const expected = [2, 5].map((shown, index) => [shown, (index + 1) * 256 * 1024 - shown * 100_000]);
  assert.deepEqual(written, [...expected, [7, 0]]);
});

test("a descriptor that somebody made non-blocking loses nothing", () => {
  const shell = `{ exec python3 -c 'import fcntl,os,sys
fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_NONBLOCK)
os.execv(sys.argv[1], sys.argv[1:])' "$0" --input-type=module -e "$1"; } | { sleep 0.3; wc -c; }`;
  const run = spawnSync("sh", ["-c", shell, process.execPath, showMuch(20)], { encoding: "latin1" });
  assert.equal(run.stdout.trim(), "2000000");
  assert.match(run.stderr, /^shown 20/);
});

test("a reader that goes away is reported once, and what it has not seen does not count as shown", () => {
  const shell = `"$0" --input-type=module -e "$1" | head -c 10`;
  const run = spawnSync("sh", ["-c", shell, process.execPath, showMuch(20)], { encoding: "latin1" });
  assert.match(run.stderr, /^closed 1\nshown [0-9]\b/);
});

test("a full disk is an error that says so", async () => {
  const full = openSync("/dev/full", "a");
  try {
    using t = testSink({ stdout: full });
    t.run(1, "lost\n");
    await assert.rejects(t.sink.flush(), { code: "OUTPUT" });
    assert.match(t.errors.join(), /ENOSPC/);
  } finally {
    closeSync(full);
  }
});

test("an overlay is erased where it is drawn, before output that it covers, and not drawn within a line", async () => {
  let isDrawn = true;
  let screen = 0;
  using t = testSink({
    overlay: {
      get fd() {
        return screen;
      },
      covers: () => isDrawn,
      erase: () => {
        isDrawn = false;
        return "<erase>";
      },
    },
  });
  screen = openSync(`${t.directory}/screen`, "a");
  t.run(1, "out");
  t.run(2, "more\n");
  assert.equal(t.sink.canvas.draw("<frame>"), false);
  assert.equal((await t.shown()).out, "outmore\n");
  assert.equal(t.read(`${t.directory}/screen`), "<erase>");
  closeSync(screen);
  assert.equal(t.sink.canvas.draw("<frame>"), true);
  assert.equal((await t.shown()).err, "<frame>");
});
