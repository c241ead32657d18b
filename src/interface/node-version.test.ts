import assert from "node:assert/strict";
import { test } from "node:test";
import { isNodeUsable, NODE_MIN } from "./node-version.ts";

test("a Node is new enough by its numbers, not by its letters", () => {
  for (const version of [NODE_MIN, "24.2.1", "24.10.0", "25.0.0", "100.0.0", "26.0.0-nightly2026"]) {
    assert.ok(isNodeUsable(version), version);
  }
  for (const version of ["24.1.9", "24.0.0", "22.18.0", "9.99.99", "24"])
    assert.ok(!isNodeUsable(version), version);
});
