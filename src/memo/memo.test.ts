import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fsStore } from "../store/fs/fs-store.ts";
import { aFile, aStore, scratch } from "../store/fs/testing.ts";
import { groupPart, keyPart } from "./key.ts";
import { type Memo, NEVER_DONE, openMemo, type Question } from "./memo.ts";

const refuse = (error: Error): never => assert.fail(error);

function question(parts: Record<string, string>, subject = "task"): Question {
  return { subject, parts: Object.entries(parts).map(([name, value]) => keyPart(name, value)) };
}

async function success(memo: Memo, asked: Question, value = "value"): Promise<void> {
  const [answer] = await memo.lookUp([asked]);
  memo.remember(asked, answer!.history, async () => ({ value: Buffer.from(value), outputs: [] }));
  await memo.close();
}

async function reasons(memo: Memo, asked: Question): Promise<readonly string[] | "reused"> {
  const [answer] = await memo.lookUp([asked]);
  return answer!.record === undefined ? answer!.reasons : "reused";
}

test("what has succeeded is found again, by this process and another", async () => {
  await using store = aStore();
  const memo = openMemo(store, refuse);
  const asked = question({ command: "a" });
  assert.deepEqual(await reasons(memo, asked), [NEVER_DONE]);
  await success(memo, asked, "given");
  const other = fsStore(store.directory);
  const [answer] = await openMemo(other, refuse).lookUp([asked]);
  await other[Symbol.asyncDispose]();
  assert.equal(Buffer.from(answer!.record!.value).toString(), "given");
});

test("the reason is told of the earlier success that is most like it", async () => {
  await using store = aStore();
  const memo = openMemo(store, refuse);
  await success(memo, question({ command: "a", input: "1", version: "1" }));
  await success(memo, question({ command: "b", input: "2", version: "2" }));
  assert.deepEqual(await reasons(memo, question({ command: "a", input: "3", version: "1" })), [
    "input changed",
  ]);
  assert.deepEqual(await reasons(memo, question({ command: "b", input: "2" })), ["version is gone"]);
  const more = question({ command: "b", input: "2", version: "2", "environment X": "1" });
  assert.deepEqual(await reasons(memo, more), ["environment X is new"]);
  assert.deepEqual(await reasons(memo, question({ command: "a" }, "another task")), [NEVER_DONE]);
  assert.equal(await reasons(memo, question({ command: "a", input: "1", version: "1" })), "reused");
});

test("of what is made of parts, those that changed are named", async () => {
  await using store = aStore();
  const memo = openMemo(store, refuse);
  const asked = (files: Record<string, string>): Question => {
    const parts = Object.entries(files).map(([name, value]) => keyPart(`input ${name}`, value));
    return { subject: "task", parts: [groupPart("input h", parts)] };
  };
  await success(memo, asked({ "h/a.h": "1", "h/b.h": "1", "h/c.h": "1" }));
  assert.deepEqual(await reasons(memo, asked({ "h/a.h": "1", "h/b.h": "2", "h/d.h": "1" })), [
    "input h/b.h changed",
    "input h/c.h is gone",
    "input h/d.h is new",
  ]);
});

test("a record whose output has gone is no success any more, and says so", async () => {
  await using store = aStore();
  const memo = openMemo(store, refuse);
  const asked = question({ command: "a" });
  const { cid } = await store.putFile(aFile(100));
  memo.remember(asked, [], async () => ({ value: Buffer.of(), outputs: [cid] }));
  await memo.close();
  assert.equal(await reasons(memo, asked), "reused");
  await store.deleteBlock(cid);
  assert.deepEqual(await reasons(memo, asked), ["what it gave is no longer in the store"]);
});

test("many are looked up and remembered at once, and each gets its own", async () => {
  await using store = aStore();
  const memo = openMemo(store, refuse);
  const all = Array.from({ length: 500 }, (_, index) => question({ command: `${index}` }, `task ${index}`));
  for (const [index, asked] of all.entries()) {
    memo.remember(asked, [], async () => ({ value: Buffer.from(`${index}`), outputs: [] }));
  }
  await memo.close();
  const answers = await memo.lookUp(all);
  assert.deepEqual(
    answers.map(({ record }) => Number(Buffer.from(record!.value).toString())),
    all.map((_, index) => index),
  );
});

test("a store that cannot be used is told once; then nothing is found and nothing fails", async () => {
  const directory = join(scratch(), "file");
  writeFileSync(directory, "in the way");
  await using store = fsStore(directory);
  const warnings: Error[] = [];
  const memo = openMemo(store, (error) => warnings.push(error));
  for (let round = 0; round < 3; round++) {
    const [answer] = await memo.lookUp([question({ command: "a" })]);
    assert.equal(answer!.record, undefined);
    memo.remember(question({ command: "a" }), [], async () => assert.fail("nothing is kept"));
  }
  await memo.close();
  assert.equal(warnings.length, 1);
});
