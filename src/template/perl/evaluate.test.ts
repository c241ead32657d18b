import assert from "node:assert/strict";
import { test } from "node:test";
import { compileTemplate, SKIP } from "../template.ts";

const filled = (text: string, args: readonly string[], rpl: readonly string[] = []): unknown =>
  compileTemplate(text, { mode: "command", rpl }).render({
    rows: [args],
    seq: 3,
    slot: 2,
    slots: 4,
    total: () => 12,
  });

test("perl keeps its variables from one evaluation to the next", () => {
  const code = "echo {= $_ = join '-', ++$main::count, $_ =}{= $_ = join '-', ++$main::count, $_ =}";
  assert.equal(filled(code, ["a"]), "echo 1-a1-a");
  assert.equal(filled(code, ["b", "c"]), "echo 2-b 3-c2-b 3-c");
});

test("the task's own things", () => {
  assert.equal(
    filled("echo {= $_ = join ' ', seq(), slot, total_jobs, $job->seq(), @arg[1,2]; uq =}", ["a", "b"]),
    "echo 3 2 12 3 a b 3 2 12 3 a b",
  );
  assert.equal(filled("echo {= my $x = 1; skip() =}", ["a"]), SKIP);
});

test("groups of a dynamic string", () => {
  const swap = "{(.*?)/(.*?)} my $x; $_=qq($$2$_$$1)";
  assert.equal(filled("echo {swap/these}", ["-"], [swap]), "echo these-swap");
});

test("bytes pass through", () => {
  const bytes = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join("");
  assert.equal(filled("{= my $x = $_; $_ = $x =}", [bytes]), bytes);
  assert.equal(filled("{= my $x = $_; $_ = length $x =}", ["x".repeat(200_000)]), "200000");
});

test("GNU parallel's own functions, by their names in its main package", () => {
  assert.equal(filled("echo {= $_ = ::shell_quote($_); uq() =}", ["it's"]), `echo 'it'"'"'s'`);
  assert.equal(filled("echo {= $_ = join '|', ::shell_quote('a b', ''); uq() =}", ["x"]), "echo 'a b'|''");
  assert.equal(filled("echo {= $_ = ::shell_quote('a b', 'c'); uq() =}", ["x"]), "echo 'a b' c");
  assert.equal(filled("echo {= $_ = ::perl_quote_scalar($_); uq() =}", ['a"$b']), 'echo a\\"\\$b');
  assert.equal(
    filled("echo {= $_ = join '-', ::max(1, 5, 3), ::min(4, 2), ::sum(1, 2) =}", ["x"]),
    "echo 5-2-3",
  );
  assert.equal(filled("echo {= $_ = join '-', ::shell_words($_) =}", ["a 'b c'"]), "echo 'a-b c'");
  assert.equal(filled("echo {= $_ = ::undef_as_zero(undef) . ::undef_as_empty(undef) =}", ["x"]), "echo 0");
});

test("errors are perl's", () => {
  assert.throws(() => filled("echo {= my ( =}", ["a"]), /Cannot use my \( : syntax error/);
  assert.throws(() => filled("echo {= my $x; die 'no' =}", ["a"]), /^YonderError: no at/);
});
