import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { bytesOf } from "../../bytes/bytes.ts";
import type { Control } from "../ssh/control.ts";
import { probe } from "./probe.ts";

test("an agent in the cache that is damaged is not there", async (t) => {
  const home = mkdtempSync(join(tmpdir(), "yonder-probe-"));
  t.after(() => rmSync(home, { recursive: true }));
  const env = { PATH: process.env["PATH"], HOME: home, SHELL: "/bin/sh" };
  const control = {
    run: async (script: string) => ({
      output: bytesOf(execFileSync("sh", ["-c", script], { env })),
    }),
  } as unknown as Control;
  const agents = join(home, ".cache/yonder/agent");
  mkdirSync(agents, { recursive: true });
  const content = "the agent";
  const name = `agent/${hash("sha256", content)}.mjs`;
  const file = join(home, ".cache/yonder", name);
  assert.deepEqual([...(await probe(control, [name])).cached], []);
  writeFileSync(file, content);
  assert.deepEqual([...(await probe(control, [name])).cached], [name]);
  for (const wrong of ["the agenT", "the agen", "the agent.", ""]) {
    writeFileSync(file, wrong);
    assert.deepEqual([...(await probe(control, [name])).cached], [], wrong);
  }
});
