import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReplacementOptions } from "./options.ts";
import { strays } from "./stray.ts";

function found(text: string, options: ReplacementOptions = {}, count?: number): string[] {
  return strays(text, options, count).map((stray) =>
    stray.type === "position" ? `{${stray.position}}` : stray.text,
  );
}

test("names that no column has, where columns have names", () => {
  const names = ["a", "b"];
  assert.deepEqual(found("echo {a} {nocol} {b.} {nocol/} {nocol}", { names }), ["{nocol}", "{nocol/}"]);
  assert.deepEqual(found("echo {nocol}"), []);
  assert.deepEqual(found(`echo $${"{HOME}"} HEAD@{u} {a,b} {1..3}; f() { x; }; awk {print}`, { names }), []);
  assert.deepEqual(found("{= s/{x}// =} {=a $y{z} =}", { names }), []);
});

test("strings of --plus without it", () => {
  assert.deepEqual(found("echo {..} {/..} {##} {} {.} {/.}").sort(), ["{##}", "{..}", "{/..}"]);
  assert.deepEqual(found("echo {..} {##}", { plus: true }), []);
  assert.deepEqual(found(`echo {#} {%}; echo $${"{##}"}`), []);
});

test("positions that no task has", () => {
  assert.deepEqual(found("echo {1} {2} {3} {-4} {2.} {=5 uc =}", {}, 2), ["{3}", "{-4}", "{5}"]);
  assert.deepEqual(found("echo {9}"), []);
});
