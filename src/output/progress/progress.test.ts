import assert from "node:assert/strict";
import { test } from "node:test";
import { renderBar, renderProgress } from "./gnu.ts";
import { type PanelStyle, renderPanel } from "./panel.ts";
import { openProgress, type Progress, type ProgressOptions } from "./progress.ts";
import type { ProgressState } from "./state.ts";
import { clip, duration } from "./text.ts";

const ERASURE = "\r\x1b[K\x1b7\x1b[B\x1b[J\x1b8";
const PLAIN: PanelStyle = { width: 120, unicode: false, color: false };

function state(other: Partial<ProgressState> = {}): ProgressState {
  return { total: 100, succeeded: 40, failed: 0, running: 4, slots: 4, elapsedMs: 20_000, ...other };
}

test("the bar of GNU parallel, byte for byte", () => {
  const six = {
    total: 6,
    succeeded: 3,
    failed: 0,
    running: 2,
    slots: 2,
    elapsedMs: 1000,
    latestArgument: "0.2",
  };
  const zenity = "#   1 sec 0.2".padEnd(60);
  const bar = "50% 3:3=1s 0.2".padEnd(60);
  assert.equal(
    renderBar(six, 60),
    `\r${zenity}\r50\r\x1b[7m${bar.slice(0, 30)}\x1b[0m${bar.slice(30)}\x1b[0m`,
  );
  assert.match(renderBar({ ...six, succeeded: 1 }, 60), /\r16\.6666666666667\r/);
  assert.match(renderBar({ ...six, succeeded: 6, running: 0 }, 60), /\r100\r/);
});

test("the progress lines of GNU parallel", () => {
  const two = { total: 4, succeeded: 2, failed: 0, running: 1, slots: 2, elapsedMs: 1000 };
  assert.equal(renderProgress(two, false), "\rlocal:1/2/100%/0.5s ");
  assert.equal(renderProgress(two, true), "\rETA: 1s Left: 2 AVG: 0.50s  local:1/2/100%/0.5s ");
});

test("the panel says what is done, what failed, how fast and how long", () => {
  assert.deepEqual(
    renderPanel(state({ failed: 2, slowest: { command: "gzip a", elapsedMs: 65_000 } }), PLAIN),
    [
      "[##########--------------] 42/100 done, 2 failed, 4 running, 54 waiting, 4/4 slots, 2.1/s, 27 s left",
      "slowest: 1 min 05 s  gzip a",
    ],
  );
});

test("without an end in sight there is neither bar nor time left", () => {
  const { total: _total, ...endless } = state();
  assert.deepEqual(renderPanel({ ...endless, total: undefined }, PLAIN), [
    "40 done, 4 running, 4/4 slots, 2.0/s, 20 s",
  ]);
});

test("no line is as wide as the terminal, whatever its width", () => {
  const wide = state({ failed: 1, slowest: { command: "x".repeat(300), elapsedMs: 5 } });
  for (let width = 20; width < 200; width++) {
    for (const line of renderPanel(wide, { width, unicode: true, color: false })) {
      assert.ok(line.length < width, `${line.length} in ${width}: ${line}`);
    }
  }
});

test("failures are the last to go in a narrow terminal", () => {
  assert.deepEqual(renderPanel(state({ failed: 3 }), { ...PLAIN, width: 24 }), ["43/100 done, 3 failed"]);
});

test("clip replaces control characters and counts wide ones twice", () => {
  assert.equal(clip("a\nb\x1b[31m", 20), "a b [31m");
  assert.equal(clip("日本語", 4), "日本");
});

test("durations", () => {
  assert.deepEqual([900, 59_000, 185_000, 7_620_000, 273_600_000].map(duration), [
    "0 s",
    "59 s",
    "3 min 05 s",
    "2 h 07 min",
    "3 d 04 h",
  ]);
});

/** Progress whose frames the test sees. */
function drawn(options: ProgressOptions): {
  progress: Progress;
  frames: string[];
  set: (state: ProgressState) => void;
} {
  const frames: string[] = [];
  let current = state();
  const progress = openProgress({
    isTaken: () => false,
    unicode: false,
    color: false,
    columns: () => 120,
    ...options,
  });
  const canvas = {
    draw: (frame: string) => frames.push(frame) > 0,
    drawLast: (frame: string) => void frames.push(frame),
  };
  progress.start(canvas, () => current);
  return { progress, frames, set: (next) => (current = next) };
}

test("a panel is drawn over the one before, and removed before output to the same terminal", () => {
  const { progress, frames, set } = drawn({ kind: "panel", isTerminal: true });
  set(state({ elapsedMs: 100 }));
  progress.tick();
  assert.deepEqual(frames, [], "a short job shows none");
  assert.equal(progress.overlay.covers(2), false);
  set(state({ slowest: { command: "a", elapsedMs: 3000 } }));
  progress.tick();
  progress.tick();
  // No line wraps, and the cursor goes back to the start of the first.
  assert.match(
    frames[0]!,
    /^\r\x1b\[\?7l\[#+-+\] 40\/100 [^\n]*\x1b\[K\r\nslowest: 3 s {2}a\x1b\[J\x1b\[\?7h\x1b\[1A\r$/,
  );
  assert.equal(frames[1], frames[0]);
  assert.equal(progress.overlay.covers(2), true);
  assert.equal(progress.overlay.erase(), ERASURE);
  assert.equal(progress.overlay.covers(2), false);
  progress.stop();
  assert.equal(frames.length, 2);
});

test("what is drawn when the job ends is removed, though output may be on its way", () => {
  const frames: string[] = [];
  const progress = openProgress({ kind: "panel", isTerminal: true, isTaken: () => false, columns: () => 80 });
  let isBusy = false;
  progress.start({ draw: () => !isBusy, drawLast: (frame) => void frames.push(frame) }, () => state());
  progress.tick();
  isBusy = true;
  progress.stop();
  progress.stop();
  assert.deepEqual(frames, [ERASURE]);
});

test("a frame that the sink refuses does not count as drawn", () => {
  const progress = openProgress({ kind: "panel", isTerminal: true, isTaken: () => false, columns: () => 80 });
  progress.start({ draw: () => false, drawLast: () => assert.fail("nothing is drawn") }, () => state());
  progress.tick();
  assert.equal(progress.overlay.erase(), "");
  progress.stop();
});

test("a panel is nothing where there is no terminal; GNU's lines are the same everywhere", () => {
  const panel = drawn({ kind: "panel", isTerminal: false });
  panel.progress.tick();
  panel.progress.stop();
  assert.deepEqual(panel.frames, []);

  const { progress, frames } = drawn({ kind: "progress", isTerminal: false });
  progress.tick();
  progress.stop();
  assert.match(frames[0]!, /^\nComputers \/ CPU cores/);
  assert.deepEqual(frames.slice(1), ["\rlocal:4/40/100%/0.5s \n"]);
  assert.equal(progress.overlay.erase(), "");
});
