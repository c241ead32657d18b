import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHost } from "../../../hosts/login.ts";
import { hostgroupsVariable, withHostgroups } from "./hostgroups.ts";
import { queueSource } from "./stream-source.ts";
import type { Task } from "./task.ts";

const hosts = ["@g1/alice", "@g1+g2/bob", "@g3/:"].map((word) => parseHost(word, { env: {}, ssh: "ssh" }));

async function tasksOf(rows: string[][][], on = hosts): Promise<readonly Task[]> {
  const tasks = rows.map((rows, index) => ({ seq: index + 1, rows }));
  return withHostgroups(
    queueSource(tasks, () => {}),
    () => on,
  ).next(10);
}

/** The places of tasks that have a value each. */
async function places(...values: string[]): Promise<(readonly number[] | undefined)[]> {
  const tasks = await tasksOf(values.map((value) => [[value]]));
  return tasks.map(({ places }) => places);
}

async function asked(value: string, on = hosts): Promise<string | undefined> {
  const [task] = await tasksOf([[[value]]], on);
  return new Map(task!.env).get("PARALLEL_ARGHOSTGROUPS");
}

test("a task runs at the hosts of the groups that its value asks for", async () => {
  assert.deepEqual(await places("a@g1", "a@g2", "a@g3+g2", "a@alice"), [[1, 2], [2], [2, 3], [1]]);
});

test("it runs anywhere where it asks for nothing, for all, or for what there is not", async () => {
  assert.deepEqual(await places("a", "a@", "a@g1+g3", "a@nobody"), [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const [alone] = await tasksOf([[["a@g1"]]], []);
  assert.equal(alone!.places, undefined);
});

test("the first value counts, and groups are taken off all", async () => {
  const [task] = await tasksOf([
    [
      ["a@g2", "b@g3"],
      ["c", "d@x@g1", "@e", "f@"],
    ],
  ]);
  assert.deepEqual(task!.places, [2]);
  assert.deepEqual(task!.rows, [
    ["a", "b"],
    ["c", "d", "", "f@"],
  ]);
  const [other] = await tasksOf([[["a", "b@g3"]]]);
  assert.equal(other!.places, undefined);
});

test("jobs are told which groups were asked for, and which their host is in", async () => {
  assert.equal(await asked("a@g1+g9"), "g1+g9");
  assert.equal(await asked("a"), "g1+alice+g2+bob+g3+:");
  assert.equal(await asked("a", []), ":");
  assert.deepEqual(hostgroupsVariable(hosts[1], hosts), ["PARALLEL_HOSTGROUPS", "g1+g2+bob"]);
  assert.deepEqual(hostgroupsVariable(undefined, hosts), ["PARALLEL_HOSTGROUPS", "g3+:"]);
  assert.deepEqual(hostgroupsVariable(undefined, []), ["PARALLEL_HOSTGROUPS", ":"]);
});
