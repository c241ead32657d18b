import assert from "node:assert/strict";
import { test } from "node:test";
import type { TemplateOptions } from "./options.ts";
import { compileTemplate, type SKIP } from "./template.ts";

const filled = (
  source: string | readonly string[],
  rows: readonly (readonly string[])[],
  options: Partial<TemplateOptions> = {},
): string | typeof SKIP =>
  compileTemplate(source, { mode: "command", ...options }).render({
    rows,
    seq: 7,
    slot: 2,
    slots: 4,
    total: () => 12,
  });

test("the values are quoted", () => {
  assert.equal(filled("echo {}", [["a b"]]), "echo 'a b'");
  assert.equal(filled("echo {}", [["it's"]]), `echo 'it'"'"'s'`);
  assert.equal(filled("echo x{}", [[""]]), "echo x''");
});

test("a text has nothing quoted and nothing appended", () => {
  assert.equal(filled("{}:{#}", [["a b"]], { mode: "text" }), "a b:7");
  assert.equal(filled("tag", [["a"]], { mode: "text" }), "tag");
});

test("a command without replacement strings gets the values appended", () => {
  assert.equal(filled(["echo", "x"], [["a b", "c"]]), "echo x 'a b' c");
  assert.equal(filled("echo {#}", [["a"]]), "echo 7");
});

test("a command that starts with a replacement string is shell source", () => {
  assert.equal(filled([], [["a b"]]), "a b");
  assert.equal(filled(["{}", "{.}"], [["a b.c"]]), "a b.c a b");
  assert.equal(filled(" {}", [["a b"]]), " 'a b'");
  assert.equal(filled('"{}" ./x{}', [["a b"]]), '"a b" ./xa b');
  assert.equal(filled("x={}; echo $x {}", [["a b"]]), "x='a b'; echo $x 'a b'");
});

test("positions: from the front, from the end, beyond", () => {
  assert.equal(filled("echo {2}{1} {-1} {3}x{-3/}", [["a", "b/c"]]), "echo b/ca b/c x");
  assert.equal(filled("echo {01} {+1}", [["a"]]), "echo a {+1}");
});

test("path strings", () => {
  assert.equal(filled("echo {.} {/} {//} {/.}", [["d/a.b"]]), "echo d/a a.b d a");
  assert.equal(filled("echo {.}", [["d.e/a"]]), "echo d.e/a");
});

test("renamed strings take positions only where they start with a brace", () => {
  assert.equal(filled("echo {} XX {XX} {1}", [["a"]], { replace: "XX" }), "echo {} a {a} {1}");
  assert.equal(filled("echo {1} {1x} {2x}", [["a"]], { replace: "{x}" }), "echo {1} a ");
});

test("columns have names", () => {
  assert.equal(filled("echo {b/} {a}", [["1", "x/2"]], { names: ["a", "b"] }), "echo 2 1");
});

test("several rows: joined, or the word repeated", () => {
  const rows = [["a.x"], ["b.y"]];
  assert.equal(filled("echo p{}q", rows), "echo pa.x b.yq");
  assert.equal(
    filled("echo p{}q{.} {#}-{}", rows, { contextReplace: true }),
    "echo pa.xqa pb.yqb 7-a.x 7-b.y",
  );
  assert.equal(filled("echo {1}x{} {2}", rows, { contextReplace: true }), "echo a.xxa.x a.xxb.y b.y");
});

test("no rows: -n0", () => {
  assert.equal(filled("echo {} x{.}x {#}", []), "echo  xx 7");
  assert.equal(filled("echo", []), "echo ");
  assert.equal(filled(["echo", "{}", "x{.}x"], [], { quoteWords: true }), "echo xx");
});

test("-q quotes words whole, and each side of a join", () => {
  const q = { quoteWords: true };
  assert.equal(filled(["echo", "x{}", "y z{}", ""], [["a'b"]], q), `echo 'xa'"'"'b' 'y za'"'"'b' ''`);
  assert.equal(filled(["echo", "x{}"], [["a b"], [""]], q), "echo 'xa b' ''");
  assert.equal(filled(["a", "y z{}"], [["b"], ["c d"]], { ...q, contextReplace: true }), "a 'y zb' 'zc d'");
  assert.equal(filled(["{}", "{}"], [["a b"]], q), "'a b' 'a b'");
});

test("--parens, and replacement strings of nothing", () => {
  const parens = ["<<", ">>"] as const;
  assert.equal(filled("echo <<2 $_++>> {= x =}", [["a", "4"]], { parens }), "echo 5 {= x =}");
  assert.equal(filled("echo ,,s/I/O/g,,", [["FII"]], { parens: [",,", ",,"] }), "echo FOO");
  assert.equal(filled("echo {= =}", [["a"]], { parens: ["", ""], replace: "" }), "echo {= =} a");
});

test("{= =} is cut out before anything else, the innermost first", () => {
  assert.equal(filled("echo {= $_='{}' =} {==} {= =}{=", [["a"]]), "echo '{}' a a{=");
  assert.equal(filled("echo {= {= $_='x' =} =}", [["a"]]), "echo {= x =}");
  assert.equal(
    filled("echo {=2=} {=-2 $_.=1=} {=b $_.=2 =}", [["x", "y"]], { names: ["a", "b"] }),
    "echo y x1 y2",
  );
});

test("--rpl: with positions, with a position of its own, of two that overlap the longer", () => {
  const rpl = ["{x} $_=uc", "{n} 1 $_=seq()", "ab $_=1", "bcd $_=2"];
  assert.equal(filled("echo {x} {2x} {n} {2n} xabcd", [["a", "b"]], { rpl }), "echo A B B 7  xa2 2");
});

test("what is used", () => {
  const uses = (text: string): unknown => compileTemplate(text, { mode: "text", plus: true }).uses;
  assert.deepEqual(uses("{} {#}"), { args: true, seq: true, slot: false, total: false });
  assert.deepEqual(uses("{%} {##}"), { args: false, seq: false, slot: true, total: true });
  assert.deepEqual(uses("{= $_ = total_jobs() =}"), { args: true, seq: false, slot: false, total: true });
});
