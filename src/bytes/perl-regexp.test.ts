import assert from "node:assert/strict";
import { test } from "node:test";
import { YonderError } from "../interface/errors.ts";
import { perlRegexp } from "./perl-regexp.ts";

function codeOf(pattern: string, flags = ""): string {
  try {
    perlRegexp(pattern, flags);
    return "none";
  } catch (error) {
    assert.ok(error instanceof YonderError);
    return error.code;
  }
}

test("classes are perl's on bytes: ASCII, but for \\h and \\v", () => {
  assert.ok(!perlRegexp("\\s").test("\xa0"));
  assert.ok(perlRegexp("\\h").test("\xa0"));
  assert.ok(!perlRegexp("\\w").test("\xe9"));
  assert.ok(perlRegexp("^[[:alpha:]_]+$").test("aZ_"));
  assert.ok(perlRegexp("^[[:^digit:]]+$").test("a b"));
  assert.ok(perlRegexp("^[]a-c]+$").test("]abc"));
});

test("case folds ASCII letters only, and only where (?i) holds", () => {
  assert.ok(perlRegexp("(?i)AbC").test("aBc"));
  assert.ok(perlRegexp("(?:(?i)a)b").test("Ab"));
  assert.ok(!perlRegexp("(?:(?i)a)b").test("AB"));
  assert.ok(!perlRegexp("\xe9", "i").test("\xc9"));
});

test("\\Q..\\E is literal", () => {
  assert.ok(perlRegexp("^\\Qa.b*\\E+$").test("a.b**"));
  assert.ok(!perlRegexp("\\Qa.b").test("axb"));
});

test("groups keep their numbers and names", () => {
  assert.deepEqual([..."ab-12".match(perlRegexp("(?'w'\\w+)-(?:x|(\\d+))"))!], ["ab-12", "ab", "12"]);
  assert.ok(perlRegexp("^(a|b)\\g{-1}2$").test("bb2"));
});

test("what JavaScript cannot do is refused, and so is what perl refuses", () => {
  for (const pattern of [
    "a++",
    "a*+",
    "a{2}+",
    "(?>a)",
    "(?R)",
    "(?{1})",
    "(*FAIL)",
    "(?|a|b)",
    "\\G",
    "a\\Kb",
  ]) {
    assert.equal(codeOf(pattern), "UNSUPPORTED", pattern);
  }
  for (const pattern of ["(", ")", "[a", "*", "a|+", "[z-a]", "[[:nope:]]", "\\"]) {
    assert.equal(codeOf(pattern), "USAGE", pattern);
  }
});
