import assert from "node:assert/strict";
import { test } from "node:test";
import { saysCannotFork } from "./fork-failure.ts";

test("what shells say that cannot make a process", () => {
  for (const said of [
    "sh: 0: Cannot fork\n",
    "/bin/sh: 12: Cannot fork\n",
    "/bin/bash: fork: retry: Resource temporarily unavailable\n/bin/bash: fork: Interrupted system call\n",
    "/usr/bin/bash: line 3: fork: Resource temporarily unavailable\n",
    "sh: can't fork: Resource temporarily unavailable\n",
  ]) {
    assert.ok(saysCannotFork(said), said);
  }
});

test("what jobs say is not that", () => {
  for (const said of [
    "",
    "Killed\n",
    "sh: 1: fork: not found\nmore\n",
    "cannot fork\n",
    "sh: 1: nosuch: not found\n",
  ]) {
    assert.ok(!saysCannotFork(said), said);
  }
});
