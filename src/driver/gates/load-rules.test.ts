import assert from "node:assert/strict";
import { test } from "node:test";
import type { MachineLoad } from "../../launch/ssh/facts/load.ts";
import { parseCommandLine } from "../../options/parse.ts";
import { type LoadRule, limitCommand, loadRulesOf } from "./load-rules.ts";
import { machineLoad } from "./machine-load.ts";

const NOTHING: MachineLoad = {
  availableMemoryBytes: undefined,
  runnable: undefined,
  swap: undefined,
  diskBusyMs: undefined,
};

const optionsOf = (...words: string[]) =>
  parseCommandLine([...words, "true"], "yonder", { env: {}, readFile: () => undefined }).options;

function ruleOf(...words: string[]): LoadRule {
  const [first, ...others] = loadRulesOf(optionsOf(...words), 4);
  assert.equal(others.length, 0);
  return first!;
}

test("--load: fewer processes than so many, or than so much of the CPUs of that machine", () => {
  for (const words of [
    ["--load", "50%"],
    ["--load", "2"],
    ["--limit", "load 2"],
  ]) {
    const { check: on } = ruleOf(...words);
    assert.equal(on({ ...NOTHING, runnable: 1 }, 0), undefined);
    assert.match(
      on({ ...NOTHING, runnable: 2 }, 0)!.reason,
      /^2 processes run, and --load allows fewer than 2$/,
    );
  }
});

test("--memfree: below is no, below half is dire", () => {
  for (const words of [
    ["--memfree", "1G"],
    ["--limit", "mem 1G"],
  ]) {
    const { check: on } = ruleOf(...words);
    assert.equal(on({ ...NOTHING, availableMemoryBytes: 2 ** 30 }, 0), undefined);
    assert.deepEqual(on({ ...NOTHING, availableMemoryBytes: 2 ** 30 - 1 }, 0), {
      reason: "free memory is 1024 MiB, below 1024 MiB",
      isDire: false,
    });
    assert.equal(on({ ...NOTHING, availableMemoryBytes: 2 ** 28 }, 0)!.isDire, true);
  }
});

test("--noswap: no while pages go both ways; one way alone is harmless", () => {
  const { check: on } = ruleOf("--noswap");
  const swapped = (pagesIn: number, pagesOut: number) => on({ ...NOTHING, swap: { pagesIn, pagesOut } }, 0);
  assert.equal(swapped(100, 100), undefined);
  assert.equal(swapped(200, 100), undefined);
  assert.equal(swapped(201, 101)?.reason, "the machine is swapping");
  assert.equal(swapped(201, 101), undefined);
});

test("--limit io: the busiest disk between two looks", () => {
  const { check: on } = ruleOf("--limit", "io 40");
  const busy = (nowMs: number, a: number, b: number) =>
    on(
      {
        ...NOTHING,
        diskBusyMs: new Map([
          ["sda", a],
          ["sdb", b],
        ]),
      },
      nowMs,
    );
  assert.match(busy(1000, 500, 900)!.reason, /being measured/);
  assert.match(busy(1050, 500, 900)!.reason, /being measured/);
  assert.match(busy(1200, 500, 1000)!.reason, /^a disk is busy for 50 % of the time$/);
  assert.equal(busy(1400, 580, 1000), undefined);
});

test("a machine that does not tell lets all start", () => {
  const rules = loadRulesOf(optionsOf("--load", "1", "--memfree", "1G", "--noswap", "--limit", "io 1"), 4);
  assert.equal(rules.length, 4);
  for (const { check: on } of rules) assert.equal(on(NOTHING, 0), undefined);
});

test("this machine tells of all that is asked, and of nothing else", () => {
  const { availableMemoryBytes, runnable, swap, diskBusyMs } = machineLoad(["memory", "processes"]);
  assert.ok(availableMemoryBytes! > 0 && runnable! >= 0);
  assert.deepEqual([swap, diskBusyMs], [undefined, undefined]);
});

test("--limit is a command unless it names what yonder measures", () => {
  assert.equal(limitCommand(optionsOf("--limit", "io 20")), undefined);
  assert.equal(limitCommand(optionsOf("--limit", "test -e /tmp/go")), "test -e /tmp/go");
  assert.throws(() => loadRulesOf(optionsOf("--limit", "mem much"), 4), /--limit "mem much" needs a size/);
});
