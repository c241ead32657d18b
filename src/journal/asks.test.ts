import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Ask, answerAsks, ask } from "./asks.ts";
import { scratch } from "./testing.ts";

test("a question in the job's directory is answered, and nothing of it stays", async () => {
  const directory = scratch();
  const heard: Ask[] = [];
  const answer = ask(directory, { type: "explain", task: 7 }, 5000);
  await sleep(20);
  answerAsks(directory, (question) => {
    heard.push(question);
    return { reasons: ["it waits for “größer”"] };
  });
  assert.deepEqual(await answer, { reasons: ["it waits for “größer”"] });
  assert.deepEqual(heard, [{ type: "explain", task: 7 }]);
  assert.deepEqual(readdirSync(directory), []);
});

test("nothing to say is an answer, too; no answer in time is none", async () => {
  const directory = scratch();
  const answer = ask(directory, { type: "explain", task: 7 }, 5000);
  await sleep(20);
  answerAsks(directory, () => undefined);
  assert.equal(await answer, null);
  assert.equal(await ask(directory, { type: "explain", task: 7 }, 30), undefined);
  assert.deepEqual(readdirSync(directory), []);
});

test("what is no question is passed over", () => {
  const directory = scratch();
  writeFileSync(join(directory, "ask@torn"), '{"type":');
  answerAsks(directory, () => assert.fail());
  answerAsks(join(directory, "gone"), () => assert.fail());
});
