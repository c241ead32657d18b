import assert from "node:assert/strict";
import { test } from "node:test";
import { compileFilter } from "./filter.ts";

const passes = (conditions: string | readonly string[], ...args: string[]): boolean =>
  compileFilter([conditions].flat(), {})({ rows: [args], seq: 2, slot: 1, slots: 1, total: () => 3 });

test("numbers, strings, sequence numbers", () => {
  assert.equal(passes("{1} < {2}", "9", "10"), true);
  assert.equal(passes('"{1}" lt "{2}"', "9", "10"), false);
  assert.equal(passes("({1}+{2}) % 2 == 0 and {#} == 2", "3", "5"), true);
  assert.equal(passes("{1}+{2}=={3}", "1", "2", "3"), true);
  assert.equal(passes("0"), false);
});

test("all conditions have to be true", () => {
  assert.equal(passes(["{} > 1", "{} < 3"], "2"), true);
  assert.equal(passes(["{} > 1", "{} < 3"], "3"), false);
});

test("what only perl knows, and what it does not know either", () => {
  assert.equal(passes('join("", sort split //, "{1}") eq "abc"', "cab"), true);
  assert.equal(passes('"{}" =~ /^(.)\\1/', "aab"), true);
  assert.equal(passes("foo(", "x"), false);
  assert.equal(passes("{.} eq 'a'", "a.b"), false);
});
