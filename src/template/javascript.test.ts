import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeText } from "../bytes/bytes.ts";
import { compileTemplate, SKIP } from "./template.ts";

const filled = (text: string, ...args: string[]): unknown =>
  compileTemplate(text, { mode: "command" }).render({
    rows: [args],
    seq: 3,
    slot: 2,
    slots: 4,
    total: () => 9,
  });

test("an expression of the value, quoted", () => {
  assert.equal(filled("echo {@ _.toUpperCase() + ' ' @}", "ab"), "echo 'AB '");
  assert.equal(filled("echo {@2 Number(_) * 2 @} {@-1 _ @}", "a", "21"), "echo 42 21");
  assert.equal(filled("echo {@ path.basename(_, '.png') @}", "x/y.png"), "echo y");
  assert.equal(filled("echo {@ [seq, total, args.length].join('/') @}", "a"), "echo 3/9/1");
});

test("statements, lists, nothing", () => {
  assert.equal(filled("echo {@ const n = _.length; return n @}", "abc"), "echo 3");
  assert.equal(filled("echo [{@ [1, 2] @}][{@ null @}]", "a"), "echo ['1 2']['']");
  assert.equal(filled("echo {@ raw('$HOME') @}", "a"), "echo $HOME");
});

test("skip, and a state for all tasks", () => {
  assert.equal(filled("echo {@ _ === 'b' ? skip() : _ @}", "b"), SKIP);
  assert.equal(filled("echo {@ state.n = (state.n ?? 0) + 1 @}", "a"), "echo 1");
  assert.equal(filled("echo {@ state.m = (state.n ?? 0) + 1 @}", "a"), "echo 2");
});

test("text is text, and bytes that are none survive", () => {
  assert.equal(filled("echo {@ _.length @}", encodeText("blå")), "echo 3");
  assert.equal(filled(encodeText("echo {@ _ + '€' @}"), encodeText("å")), `echo '${encodeText("å€")}'`);
  assert.equal(filled("echo {@ _.slice(1) @}", "x\xe5\xff"), "echo '\xe5\xff'");
});

test("other braces are left alone", () => {
  assert.equal(filled("awk {@x} {@x@} {@ x@} {}", "a"), "awk {@x} {@x@} {@ x@} a");
});

test("mistakes are found before anything runs, failures say where", () => {
  assert.throws(
    () => compileTemplate("echo {@ _. @}", { mode: "command" }),
    /\{@ _\. @\} is not valid: SyntaxError/,
  );
  assert.throws(() => filled("echo {@ _.x.y @}", "v"), /failed for "v": TypeError/);
  assert.throws(() => filled("echo {@ Promise.resolve(1) @}", "v"), /promise/);
});
