import assert from "node:assert/strict";
import { test } from "node:test";
import { compileTemplate, SKIP } from "./template.ts";

const filled = (text: string, ...args: string[]): unknown =>
  compileTemplate(text, { mode: "text", plus: true }).render({
    rows: [args],
    seq: 3,
    slot: 2,
    slots: 12,
    total: () => 120,
  });

test("extensions and directories, and what they leave", () => {
  assert.equal(filled("{+/} {+.} {+..} {+...}", "a/b.c.d.e"), "a e d.e c.d.e");
  assert.equal(filled("{..} {...} {/..} {/...}", "a/b.c.d.e"), "a/b.c a/b b.c b");
  assert.equal(filled("[{+/}] [{+.}] [{+..}] [{..}]", "a"), "[] [] [] [a]");
});

test("counts", () => {
  assert.equal(filled("{##} {0#} {0%}", "a"), "120 003 02");
});

test("prefixes and suffixes, short and long", () => {
  assert.equal(filled("{#a.*b} {##a.*b}", "aXbYbZ"), "YbZ Z");
  assert.equal(filled("{%\\..*} {%%\\..*} {%.gz}", "a.tar.gz"), "a.tar a a.tar");
  assert.equal(filled("{#a*} {#a?}", "aab"), "aab ab");
});

test("parts, defaults, replacements and case", () => {
  assert.equal(filled("{:2} {:1:2} {:-x}", "abcd"), "cd bc abcd");
  assert.equal(filled("{:-x y}", "0"), "x y");
  assert.equal(filled("{/a/X} {//a/X} {/a/} {/(a)/$1$&}", "aab"), "Xab XXb ab $1$&ab");
  assert.equal(filled("{1^a} {1^^[ab]} {2,A} {2,,[A-C]}", "aab", "AAB"), "Aab AAB aAB aab");
});

test("tasks whose values do not fit together are skipped", () => {
  assert.equal(filled("{uniq}", "a", "b"), "a b");
  assert.equal(filled("{uniq}", "a", "a"), SKIP);
  assert.equal(filled("{choose_k}", "1", "10", "2"), "1 10 2");
  assert.equal(filled("{choose_k}", "b", "a"), SKIP);
});

test("the place of a task: the job's shell knows it, and texts are told", () => {
  const context = { rows: [["a"]], seq: 3, slot: 2, slots: 12, total: () => 120 };
  const host = { login: "ann@alice", host: "alice", groups: ["gpu", "ann@alice"] };
  const strings = "{slot} {host} {sshlogin} {hgrp}";
  const command = compileTemplate(["echo", strings], { mode: "command", plus: true });
  assert.equal(
    command.render({ ...context, host }),
    [
      "echo",
      ...["JOBSLOT", "SSHHOST", "SSHLOGIN", "HOSTGROUPS"].map((name) => `$${`{PARALLEL_${name}}`}`),
    ].join(" "),
  );
  const text = compileTemplate(strings, { mode: "text", plus: true });
  assert.equal(text.render({ ...context, host }), "2 alice ann@alice gpu+ann@alice");
  assert.equal(text.render(context), "2 : : :");
});
