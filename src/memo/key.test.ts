import assert from "node:assert/strict";
import { test } from "node:test";
import { differences } from "./differences.ts";
import { groupPart, type KeyPart, keyPart, memoKey, NOTHING } from "./key.ts";

/** Numbers that look random and are the same in each run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function someParts(next: (below: number) => number): KeyPart[] {
  const names = [
    "command",
    "shell",
    "directory",
    "version",
    "environment CC",
    "input src/a.c",
    'input "]',
    "input b,",
  ];
  const count = 1 + next(names.length);
  return names
    .slice(0, count)
    .map((name) => keyPart(name, next(8) === 0 ? undefined : `value ${next(1000)}`));
}

test("the same parts in any order have the same key", () => {
  for (let seed = 0; seed < 300; seed++) {
    const next = random(seed);
    const parts = someParts(next);
    assert.equal(memoKey(parts), memoKey(parts.toSorted(() => next(3) - 1)));
  }
});

test("any one part that changes, goes or comes gives another key, and is what differs", () => {
  for (let seed = 0; seed < 300; seed++) {
    const next = random(seed);
    const parts = someParts(next);
    const at = next(parts.length);
    const { name } = parts[at]!;
    const other = parts.with(at, keyPart(name, "something else"));
    const fewer = parts.toSpliced(at, 1);
    for (const [before, after, change] of [
      [parts, other, "changed"],
      [parts, fewer, "removed"],
      [fewer, parts, "added"],
    ] as const) {
      assert.notEqual(memoKey(before), memoKey(after));
      assert.deepEqual(differences(before, after), [{ name, change }]);
    }
  }
});

test("a name and a value do not run into each other", () => {
  assert.notEqual(memoKey([keyPart("a", "b")]), memoKey([keyPart("ab", "")]));
  assert.notEqual(memoKey([keyPart("a", ""), keyPart("b", "")]), memoKey([keyPart('a","b', "")]));
});

test("what is not there is not the same as what is empty", () => {
  assert.equal(keyPart("environment X", undefined).hash, NOTHING);
  assert.notEqual(memoKey([keyPart("x", undefined)]), memoKey([keyPart("x", "")]));
});

test("a group counts by its parts, in any order", () => {
  const [a, b] = [keyPart("input h/a.h", "1"), keyPart("input h/b.h", "2")];
  assert.equal(groupPart("input h", [a, b]).hash, groupPart("input h", [b, a]).hash);
  assert.notEqual(groupPart("input h", [a, b]).hash, groupPart("input h", [a]).hash);
  assert.notEqual(groupPart("input h", [a]).hash, groupPart("input h", [keyPart("input h/a.h", "2")]).hash);
});
