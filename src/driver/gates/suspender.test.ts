import assert from "node:assert/strict";
import { test } from "node:test";
import { createSuspender, type Suspender } from "./suspender.ts";

const SIZE = 100;

/** Three jobs, and a look at each amount of free memory. */
function aSuspender(...running: number[]): {
  suspender: Suspender;
  running: number[];
  lookAt(free: number): string[];
} {
  const said: string[] = [];
  let free = 0;
  const suspender = createSuspender(SIZE, {
    availableMemory: () => free,
    running: () => running,
    signal: (attempt, signal) => said.push(`${signal} ${attempt}`) > 0,
  });
  const lookAt = (bytes: number): string[] => {
    free = bytes;
    suspender.look();
    return said.splice(0);
  };
  return { suspender, running, lookAt };
}

test("below twice the size the youngest is suspended, one at each look, but never the oldest", () => {
  const { lookAt } = aSuspender(1, 2, 3);
  assert.deepEqual(lookAt(250), []);
  assert.deepEqual(lookAt(150), ["SIGSTOP 3"]);
  assert.deepEqual(lookAt(150), ["SIGSTOP 2"]);
  assert.deepEqual(lookAt(150), []);
});

test("below the size all but the oldest are suspended at once", () => {
  const { lookAt } = aSuspender(1, 2, 3);
  assert.deepEqual(lookAt(50), ["SIGSTOP 3", "SIGSTOP 2"]);
});

test("when there is memory again they go on, the oldest first", () => {
  const { lookAt } = aSuspender(1, 2, 3);
  lookAt(50);
  assert.deepEqual(lookAt(200), ["SIGCONT 2"]);
  assert.deepEqual(lookAt(200), ["SIGCONT 3"]);
  assert.deepEqual(lookAt(200), []);
});

test("when the oldest has ended the next goes on, whatever memory there is", () => {
  const { lookAt, running } = aSuspender(1, 2, 3);
  lookAt(50);
  running.shift();
  assert.deepEqual(lookAt(50), ["SIGCONT 2"]);
});

test("nothing starts while memory is short, unless nothing runs", () => {
  const { suspender, running, lookAt } = aSuspender(1, 2);
  lookAt(250);
  assert.equal(suspender.reason(), undefined);
  lookAt(150);
  assert.match(suspender.reason() ?? "", /memory is short/);
  running.length = 0;
  assert.equal(suspender.reason(), undefined);
});
