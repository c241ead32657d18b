import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTargets } from "./target.ts";

const words = (text: string): string[] =>
  parseTargets(text).map(({ threads, login, port }) => `${threads ?? "-"} ${login} ${port ?? "-"}`);

test("machines with their threads, users and ports; a colon is this one", () => {
  assert.deepEqual(words("ssh://alice"), ["- alice -"]);
  assert.deepEqual(words("ssh://8/alice, bob@carol.example:2222,:,2/dave:22"), [
    "8 alice -",
    "- bob@carol.example 2222",
    "- : -",
    "2 dave 22",
  ]);
  assert.deepEqual(words("ssh://4/:"), ["4 : -"]);
});

test("what names no machine, or one twice, is refused", () => {
  const wrong = [
    "alice",
    "http://alice",
    "ssh://",
    "ssh://alice,",
    "ssh://0/alice",
    "ssh://-oProxyCommand=x",
  ];
  for (const text of [...wrong, "ssh://alice bob", "ssh://x/alice", "ssh://alice,bob,alice"]) {
    assert.throws(() => parseTargets(text), { code: "USAGE" }, text);
  }
  assert.equal(words("ssh://alice,alice:22").length, 2);
});
