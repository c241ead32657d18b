import assert from "node:assert/strict";
import { test } from "node:test";
import type { InputOptions } from "./options.ts";
import { allRows, stdinOf } from "./testing.ts";

async function lines(options: Partial<InputOptions>): Promise<string> {
  return (await allRows({ continued: true, ...options })).map((row) => row.join("+")).join("|");
}

test("a record that ends in a blank goes on with the next one, however they arrive", async () => {
  assert.equal(await lines({ stdin: stdinOf("a \nb\nc\n") }), "a b|c");
  assert.equal(await lines({ stdin: stdinOf("a", " ", "\n", "b", "\t", "\nc") }), "a b\tc");
  assert.equal(await lines({ stdin: stdinOf("a \n\n\nb\nc \n") }), "a b|c ");
  assert.equal(await lines({ stdin: stdinOf("  \nb\n") }), "  b");
});

test("before columns and trimming; after the eof string, -r and the names", async () => {
  assert.equal(await lines({ stdin: stdinOf("a,b \nc,d\n"), colsep: "," }), "a+b c+d");
  assert.equal(await lines({ stdin: stdinOf("a \nb\n"), trim: "lr" }), "a b");
  assert.equal(await lines({ stdin: stdinOf("a \n\nb\n \nc\n"), noRunIfEmpty: true }), "a b|c");
  assert.equal(await lines({ stdin: stdinOf("a \nEND\nb\n"), eof: "END" }), "a ");
  assert.equal(await lines({ stdin: stdinOf("name \na \nb\n"), header: "names" }), "a b");
});
