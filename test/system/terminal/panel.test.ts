import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hasTmux, openScreen, type Screen } from "./screen.ts";

// What stands on the screen when a job has ended, however it ended: what it had to say, and nothing of the panel.

const skip = hasTmux ? false : "tmux is not installed";

/** Something of the panel. */
const PANEL = /[█░]|\d done|\d running|slowest:/;

function isShown(lines: readonly string[]): boolean {
  return lines.some((line) => !line.startsWith("PROMPT") && PANEL.test(line));
}

function sinceTyped(lines: readonly string[]): readonly string[] {
  return lines.slice(lines.findLastIndex((line) => line.startsWith("PROMPT")));
}

/** What the last command has left, with every job's id as ID. */
async function left(screen: Screen): Promise<string[]> {
  return (await screen.result()).map((line) => line.replace(/\b0[0-9a-z]{9}\b/, "ID"));
}

/** Starts a job that lasts, and waits for its panel. */
async function begin(screen: Screen, command: string): Promise<void> {
  screen.type(command);
  await screen.when((lines) => isShown(sinceTyped(lines)));
}

const AGAIN = "Run just these again: yonder resume --failed ID";
const AGAIN_TOO = "Run the failed ones, too: yonder resume --failed ID";

describe("what is left on the screen", { skip, concurrency: 4 }, () => {
  for (const width of [200, 100, 60, 40]) {
    test(`${width} columns: jobs that end by themselves`, async () => {
      await using screen = await openScreen(width);
      const ends: [command: string, lines: string[]][] = [
        ["yonder -j4 'sleep 0.7; : {}' ::: 1 2 3 4 5", []],
        ["clear; yonder -j4 'sleep 0.7; : {}' ::: 1 2 3 4 5", []],
        [
          "yonder -j4 'sleep 0.7; [ {} != 3 ]' ::: 1 2 3 4 5",
          ["1 of 5 failed:", "  3: exit 1: sleep 0.7; [ 3 != 3 ]", AGAIN],
        ],
        ["yonder -k -j4 'sleep 0.6; echo {}; sleep 0.2' ::: 1 2 3 4 5", ["1", "2", "3", "4", "5"]],
        ["yonder -k -j2 'sleep 0.6; printf {}; sleep 0.2' ::: 1 2 3 4; echo", ["1234"]],
        [
          "yonder -k -j2 'sleep 0.6; printf {}; [ {} != 2 ]' ::: 1 2 3",
          ["123", "1 of 3 failed:", "  2: exit 1: sleep 0.6; printf 2; [ 2 != 2".slice(0, width), AGAIN],
        ],
        ["yonder -k -j2 'sleep 0.6; echo {} >&2' ::: 1 2 3", ["1", "2", "3"]],
        ["yonder -k --lb -j2 'echo a; sleep 0.6; echo b; : {}' ::: 1 2", ["a", "b", "a", "b"]],
        [
          "yonder -j1 --halt now,fail=1 'sleep 0.7; exit {}' ::: 0 1 2",
          [
            "yonder: This job failed:",
            "sleep 0.7; exit 1",
            "1 of 2 failed:",
            "  2: exit 1: sleep 0.7; exit 1",
            "1 of 3 has not run. Run the rest: yonder resume ID",
            AGAIN_TOO,
          ],
        ],
        ["yonder -j2 'sleep 0.7; : {}' ::: 1 2 3 <&-", []],
        ["yonder -k 'sleep 0.7; echo {}' ::: 1 2 3 | cat", ["1", "2", "3"]],
        ["yonder -k 'sleep 0.7; echo {}' ::: 1 2 3 | head -n 1", ["1"]],
        ["yonder -k 'sleep 0.7; echo {}' ::: 1 2 3 >/dev/null", []],
        ["yonder -k 'sleep 0.7; echo {}' ::: 1 2 3 2>/dev/null", ["1", "2", "3"]],
        [
          "yonder -j2 'sleep 0.7; echo {}' ::: 1 2 3 >/dev/full",
          [
            "yonder: Error: cannot write to standard output: ENOSPC: no space left on device, write",
            "yonder: make room or give another place, then run what is missing: yonder resume @",
          ],
        ],
      ];
      for (const [command, lines] of ends) {
        screen.type(command);
        const result = await left(screen);
        // The last column of a command may be cut off.
        assert.deepEqual(
          result.map((line, at) => line.slice(0, lines[at]?.length)),
          lines,
          command,
        );
      }
    });

    test(`${width} columns: jobs that are ended`, async () => {
      await using screen = await openScreen(width);
      const drained = [
        "yonder: No new jobs will be started. Waiting for these 2 jobs to finish; once more to stop now.",
        "yonder: sleep 2; : 1",
        "yonder: sleep 2; : 2",
      ];
      // Still running, so that the panel is there again below what was said.
      const isDraining = (lines: readonly string[]): boolean => {
        const now = sinceTyped(lines);
        const said = now.findIndex((line) => line.includes("No new jobs"));
        return said >= 0 && isShown(now.slice(said));
      };
      const job = "sh -c 'echo $PPID >pid'; yonder -j2 'sleep 2; : {}' ::: 1 2 3 4";
      const clean = async (story: string): Promise<string[]> => {
        const lines = await left(screen);
        assert.ok(!isShown(lines), `${story}:\n${lines.join("\n")}`);
        return lines;
      };

      await begin(screen, job);
      screen.press("C-c");
      assert.deepEqual((await clean("ctrl-C")).slice(0, 3), drained);

      await begin(screen, job);
      screen.press("C-c");
      await screen.when(isDraining);
      screen.press("C-c");
      assert.deepEqual((await clean("ctrl-C twice")).slice(0, 3), drained);

      await begin(screen, job);
      screen.shell("kill $(pgrep -P $(cat pid))");
      assert.deepEqual((await clean("SIGTERM")).slice(0, 3), drained);

      await begin(screen, job);
      screen.press("C-z");
      assert.match((await clean("ctrl-Z")).at(-1)!, /^\[1\]\+ +Stopped/);
      screen.type("fg");
      await clean("fg");

      await begin(screen, job);
      screen.shell("yonder cancel @");
      await clean("yonder cancel");

      await begin(screen, job);
      screen.shell("yonder cancel --drain @");
      await clean("yonder cancel --drain");
    });
  }

  test("the terminal becomes narrower and wider", async () => {
    await using screen = await openScreen(100);
    for (const [from, to] of [
      [100, 60],
      [60, 40],
      [40, 200],
      [200, 50],
      [50, 100],
    ] as const) {
      screen.resize(from);
      await begin(screen, "yonder -k -j2 'sleep 1.5; echo {}; sleep 1' ::: 1 2 3 4");
      screen.resize(to);
      assert.deepEqual(await left(screen), ["1", "2", "3", "4"], `from ${from} to ${to} columns`);
    }
  });

  test("GNU parallel's progress ends with all that is done, on a line of its own", async () => {
    await using screen = await openScreen(100);
    const last = async (command: string): Promise<string[]> => {
      screen.type(command);
      return (await left(screen)).slice(-2);
    };
    for (const output of ["", "; echo {}", "; printf {}"]) {
      for (const job of [`'sleep 0.2${output}' ::: 1 2 3 4 5`, `'true${output}' ::: 1 2 3 4 5`]) {
        assert.match((await last(`parallel --bar -j4 ${job}`)).at(-1)!, /^100% 5:0=0s/);
        assert.match(
          (await last(`parallel --eta -j4 ${job}`)).at(-1)!,
          /^ETA: 0s Left: 0 .* local:0\/5\/100%/,
        );
        assert.match((await last(`parallel --progress -j4 ${job}`)).at(-1)!, /^local:0\/5\/100%/);
      }
    }
    assert.equal((await last("parallel --bar 'sleep 0.2; printf {}' ::: 1"))[0], "1");
  });

  test("a pager has the terminal for itself", async () => {
    await using screen = await openScreen(100);
    screen.type("yonder -k -j1 'sleep 0.7; echo {}' ::: 1 2 3 4 | less");
    await screen.when((lines) => lines.some((line) => line === "4"));
    assert.ok(!isShown(screen.lines()), screen.lines().join("\n"));
    screen.press("q");
    assert.deepEqual(await left(screen), []);
  });

  test("a job in the background leaves the terminal to the person", async () => {
    await using screen = await openScreen(100);
    screen.type("set +m; set -m; yonder 'sleep 1.5' ::: 1 2 3 & sleep 4");
    assert.ok(!isShown(await screen.result()));
  });
});

test("whoever waits for the keyboard says so", { skip }, async () => {
  await using screen = await openScreen(100);
  const waiting = async (command: string, key = "C-d"): Promise<string[]> => {
    screen.type(command);
    await screen.when((lines) => lines.some((line) => line.includes("Input is read from the terminal")));
    screen.press(key);
    return screen.result();
  };
  const ours = [
    "yonder: Warning: Input is read from the terminal: one input a line, CTRL-D ends it.",
    "yonder: Warning: Inputs may also stand behind :::, in a file (:::: or -a), or come through a pipe.",
  ];
  for (const command of [
    "yonder gzip",
    "yonder --pipe wc",
    "yonder -a - gzip",
    "yonder cat a",
    "yonder gzip :::: -",
  ]) {
    assert.deepEqual((await waiting(command)).slice(0, 2), ours, command);
    screen.type("clear");
    await screen.result();
  }
  const theirs = await waiting("parallel gzip");
  assert.equal(theirs[0], "parallel: Warning: Input is read from the terminal. You are either an expert");
  assert.equal(theirs.at(-1), "parallel: Warning: Press CTRL-D to exit.");
  screen.type("yonder");
  assert.match((await screen.result())[0]!, /^yonder runs a command for each input/);
});
