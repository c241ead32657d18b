import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { OptionWorld } from "../../../options/defaults.ts";
import { parseCommandLine } from "../../../options/parse.ts";
import { makeParallelHome, recordEnvironment, requireRecordedEnvironment } from "./recorded-env.ts";

function aWorld(t: TestContext, env: Record<string, string> = {}): { world: OptionWorld; home: string } {
  const directory = mkdtempSync(join(tmpdir(), "yonder-env-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const home = join(directory, "a", "b");
  return { world: { env: { PARALLEL_HOME: home, ...env }, readFile: () => undefined }, home };
}

test("--record-env writes the names of the variables, and makes the directory", (t) => {
  const { world, home } = aWorld(t, { FOO: "1", BAR: "2" });
  recordEnvironment(world);
  assert.equal(readFileSync(join(home, "ignored_vars"), "utf8"), "PARALLEL_HOME\nFOO\nBAR\n");
});

test("--env _ asks for a record; other names do not", (t) => {
  const { world } = aWorld(t);
  const optionsOf = (name: string) =>
    parseCommandLine(["--env", name, "echo", ":::", "a"], "parallel", world).options;
  requireRecordedEnvironment(optionsOf("FOO"), world);
  assert.throws(() => requireRecordedEnvironment(optionsOf("_"), world), /Run 'parallel --record-env'/);
  recordEnvironment(world);
  requireRecordedEnvironment(optionsOf("_"), world);
});

test("$PARALLEL_HOME is made", (t) => {
  const { world, home } = aWorld(t);
  makeParallelHome(world);
  assert.ok(existsSync(home));
});
