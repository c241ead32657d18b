import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./scratch.ts";

function simulator(seeds: string): { readonly status: number | null; readonly text: string } {
  const script = join(repository, "lab/sim/run.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--seeds", seeds], {
    encoding: "utf8",
  });
  return { status, text: stdout + stderr };
}

test("the simulator says how many seeds it ran, and runs none that it does not understand", () => {
  assert.match(simulator("3").text, /^3 seeds, \d+ steps: every promise was kept$/m);
  assert.match(simulator("2:6").text, /^5 seeds, \d+ steps: every promise was kept$/m);
  for (const wrong of ["", "0", "-1", "1.5", "x", "5:1", "1:2:3", "1:x"]) {
    const { status, text } = simulator(wrong);
    assert.notEqual(status, 0, wrong);
    assert.doesNotMatch(text, /kept/, wrong);
  }
});
