import assert from "node:assert/strict";
import { test } from "node:test";
import { type Scope, scopeOf } from "../../scope.ts";
import { inPerl } from "../evaluate.ts";
import { compileNative } from "./native.ts";

const scopeFor = (args: readonly string[]): Scope =>
  scopeOf({ rows: [args], seq: 7, slot: 2, slots: 4, total: () => 12 });

/** Every one of these is native, and gives what perl itself gives, for each of the values. */
const codes = [
  "",
  "1",
  "$_=uc($_)",
  "$_=lc",
  "$_ = ucfirst lc $_",
  "$_=lcfirst $_ ",
  "uc",
  "s/a/X/",
  "s/a/X/g",
  "s/^b//",
  "s/(\\d+)-(\\w+)/$2_$1/",
  "s/(\\d+)/$1*2/e",
  "s/\\d+/$&+1/ge",
  "s:/:_:g",
  "s{b}{c}",
  "s{a} {<$&>}g",
  "s,a,,i",
  "s/\\.[^.]+$//",
  "s:.*/::; s:\\.[^/.]+$::;",
  "s/a|b$/Z/g",
  "s/\\//-/g",
  "s/x*/-/g",
  "s/(\\.[^\\/]+)*$//",
  "s/a/b/ || s/c/d/",
  "s/ +/\\t\\$\\@\\x41/",
  "$_ = s/a/b/r",
  "s/b/$_/",
  "s/a(.)/$1$arg[2]/",
  "/(\\d+)/ and $_ = $1",
  "$_ =~ s/a/b/g; $_ .= 'x'",
  "tr/a-z/A-Z/",
  "y/a-c//d",
  "tr/a-zA-Z//cd",
  "tr/a-z//s",
  "tr/a-y/b-z/",
  "tr/abc/x/",
  "$_ = tr/a//",
  "$_ = tr/a-c/d-f/r",
  "$_++",
  "$_--",
  "++$_",
  "$_ = $_++ . '-' . $_",
  "$_=$_*2+1",
  "$_**=2",
  "$_%=3",
  "$_ = $_ % -3",
  "$_ = -7 % $_ if $_ > 0",
  "$_+=10",
  "$_ -= 1.5",
  "$_ = $_ / 4",
  "$_ = 10 - $_ - 3",
  "$_ = 2 ** 3 ** 2 - $_",
  "$_ = -2 ** 2",
  "$_=int($_/2)",
  "$_=int(-3.7)",
  "$_ = abs $_",
  "$_=sqrt(16)",
  '$_ .= ".txt"',
  '$_="<".$_.">"',
  "$_=$_ x 3",
  "$_ x= 2",
  '$_ = $_ % 2 ? "odd" : "even"',
  "$_ = $_ > 5 ? 'big' : $_ > 1 ? 'some' : 'few'",
  '$_="big" if $_>10',
  '$_.="!" unless /1/',
  "$_ = !$_",
  "$_ = $_ eq 'a' || $_ lt 'b'",
  "$_ = ($_ <=> 5) . ($_ cmp 'x')".replace(" . ($_ cmp 'x')", ""),
  "$_ ||= 'none'",
  "$_ &&= 'some'",
  "$_=substr($_,1,2)",
  "$_=substr($_,0)",
  '$_=index($_,"c") . rindex($_, "a")',
  "$_=length",
  "$_ = length($_) > 2 ? 'long' : 'short'",
  "$_ = lc $_ . 'ABC'",
  "$_=seq()*10",
  '$_ = seq()." ".$_',
  "$_=$job->seq() . $job->slot",
  "$_=total_jobs()",
  '$_="$arg[2]$arg[1]-$arg[9]$arg[-1]"',
  "$_=$arg[1].$arg[0]",
  "$_=Q($_)",
  '$_="echo ".Q($_)',
  "$_=pQ($_)",
  "$_=q(single $x)",
  "$_=qq([$_])",
  "$_='a\\\\b\\'c\\n'",
  '$_="$_-$_ $_.$_/$_:$_"',
  '$_ = sprintf("%03d|%s|%5.2f|%x|%5s|%-5s|%+d|%%|%o|%X|%.3f|%d",7,$_,$_,255,"ab","ab",3,8,255,2.0009,$_)',
  "$_ eq 'b' and skip()",
  "uq(); $_ .= ' x'",
  "uq",
  "$_ = 1.50",
  "$_ = $_ . 5 . 'x'",
  "$_ = 1 + 2 . 3 * 2",
  "$_ = ($_ . 'a') . 'b';;",
  "$_ = '' ; $_ = 'd' if 'abc' lt 'abd'",
];

const values = [
  "banana",
  "5",
  "10",
  "",
  "0",
  "a.b.c",
  "d/e.tar.gz",
  "12-ab",
  "AbC dEf",
  "1.5",
  "-3",
  "xcb",
  "az",
  "Zz",
];
values.push(
  "a9",
  "zz",
  "a'b",
  "  7x",
  "0.0",
  "a\nb.c",
  "\xe9\xc4",
  "1e3",
  "a b  c",
  "00",
  "/",
  "b",
  "\x01\xff'",
);

test("the forms that are native give what perl gives", () => {
  for (const code of codes) {
    const native = compileNative(code);
    assert.ok(native, `native: ${code}`);
    const perl = inPerl(code, []);
    let certain = 0;
    for (const value of values) {
      const [ours, perls] = [scopeFor([value, "two"]), scopeFor([value, "two"])];
      const result = native(value, ours);
      if (result === undefined) continue;
      certain++;
      assert.equal(result, perl(value, perls), `${code} of ${JSON.stringify(value)}`);
      assert.deepEqual([ours.unquoted, ours.skipped], [perls.unquoted, perls.skipped], code);
    }
    assert.ok(certain > 0, `certain for some value: ${code}`);
  }
});

test("groups of dynamic strings", () => {
  for (const [code, group, value] of [
    ["s/$$1//", "n.", "banana"],
    ['$_=$$1 . "$$1$_$$2"', "a'b", "x"],
    ["s:.*/(.*)$$1(\\.[^/]+)*$:$1:", "_1", "f/g_1.h.i"],
  ] as const) {
    const expected = inPerl(code, [group])(value, scopeFor([value]));
    const result = compileNative(code, [group])?.(value, scopeFor([value]));
    assert.equal(result ?? expected, expected, code);
  }
});

test("what is not certain is left to perl", () => {
  const refused = [
    "$x++",
    "my $x = 1",
    "$_ = 1/0",
    "$_ = 010",
    "$_ = 0x10",
    "$_ = 1e3",
    "s/a/$x/",
    "s/a/@x/",
    "print 1",
  ];
  refused.push(
    "$_ = join '-', 1, 2",
    "$_ = (1,2)[0]",
    "s/(a)\\1/b/",
    "$_ = $1",
    '"@arg"',
    "$_ = 5 # five",
    "s'a'b'",
  );
  refused.push(
    "$_ = 99999999999999999",
    "$_ = 0.00001",
    "$_ = reverse($_)",
    '$_="$_[0]"',
    '$_="$_->[0]"',
    "$_ = 1 .. 2",
  );
  refused.push(
    "if ($_) { $_ = 1 }",
    "$_ = (1) x 3",
    "s/a/\\U$&/",
    "s/[/b/",
    "$_ = undef",
    "$_ = <STDIN>",
    "$_ = foo",
  );
  for (const code of refused) {
    assert.equal(compileNative(code)?.("aa", scopeFor(["aa"])), undefined, code);
  }
});
