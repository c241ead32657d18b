import assert from "node:assert/strict";
import { test } from "node:test";
import type { Host } from "../options/values.ts";
import { withHostgroups } from "./hostgroups.ts";
import { queueSource } from "./stream-source.ts";

const hosts: readonly Host[] = [
  { login: ":", host: ":", command: [], cpus: undefined, groups: ["g1", "g2", ":"], attributes: new Map() },
];

async function tasksOf(...rows: string[][]): Promise<[row: string[], groups: string | undefined][]> {
  const tasks = rows.map((row, index) => ({ seq: index + 1, rows: [row] }));
  const grouped = await withHostgroups(
    queueSource(tasks, () => {}),
    hosts,
  ).next(10);
  return grouped.map(({ rows, env }) => [[...rows.flat()], new Map(env).get("PARALLEL_ARGHOSTGROUPS")]);
}

test("groups are taken off the values and told to the job", async () => {
  assert.deepEqual(await tasksOf(["a@g1+g2", "x"]), [[["a", "x"], "g1+g2"]]);
});

test("the groups of several values are put together, each once", async () => {
  assert.deepEqual(await tasksOf(["a@g1", "b@g1+g2"]), [[["a", "b"], "g1+g2"]]);
});

test("a task that asks for none may run on all", async () => {
  assert.deepEqual(await tasksOf(["a"]), [[["a"], ":+g1+g2"]]);
});
