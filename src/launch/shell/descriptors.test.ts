import assert from "node:assert/strict";
import { test } from "node:test";
import { slotDescriptors } from "./descriptors.ts";

test("jobs get the descriptors that we were given, but for those that the slot needs", () => {
  const given = [3, 5, 7, 9];
  assert.deepEqual(slotDescriptors({ inheritOutput: false, inheritStdin: false }, given), [
    ...["pipe", "pipe", "ignore", 3, "ignore", 5, "ignore", 7, "ignore", 9],
  ]);
  assert.deepEqual(slotDescriptors({ inheritOutput: true, inheritStdin: true }, given), [
    ...["pipe", 1, 2, "pipe", "ignore", 0, "ignore", "ignore", "ignore", 9],
  ]);
  assert.deepEqual(slotDescriptors({ inheritOutput: true, inheritStdin: false }, []), ["pipe", 1, 2, "pipe"]);
});
