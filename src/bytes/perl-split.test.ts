import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { perlRegexp } from "./perl-regexp.ts";
import { perlSplitter } from "./perl-split.ts";

test("trailing empty fields, groups and empty texts as in perl", () => {
  assert.deepEqual(perlSplitter(",")("a,b,,"), ["a", "b", "", ""]);
  assert.deepEqual(perlSplitter("(,)|(;)")("a,b"), ["a", ",", "", "b"]);
  assert.deepEqual(perlSplitter(",")(""), []);
  assert.deepEqual(perlSplitter("")("hi"), ["h", "i", ""]);
  assert.deepEqual(perlSplitter("^")("a\nb"), ["a\n", "b"]);
  assert.deepEqual(perlSplitter("\\|")("a|b"), ["a", "b"]);
});

/** Perl's own answer to `split /pattern/, text, -1` for each pair; null where it refuses the pattern. */
function perlSplits(pairs: readonly (readonly [string, string])[]): (string[] | null)[] {
  const script = `
    no warnings;
    while (my $line = <STDIN>) {
      chomp $line;
      my ($pattern, $text) = map { pack "H*", $_ } split /,/, $line, -1;
      my @parts = eval { split /$pattern/, $text, -1 };
      print $@ ? "!" : join(",", map { "x" . unpack "H*", $_ } @parts), "\\n";
    }`;
  const hex = (text: string): string => Buffer.from(text, "latin1").toString("hex");
  const input = pairs.map((pair) => pair.map(hex).join(",") + "\n").join("");
  const { stdout } = spawnSync("perl", ["-e", script], { input, encoding: "latin1", maxBuffer: 1e9 });
  const textOf = (part: string): string => Buffer.from(part.slice(1), "hex").toString("latin1");
  const answers = stdout.split("\n").slice(0, -1);
  return answers.map((line) => (line === "!" ? null : line === "" ? [] : line.split(",").map(textOf)));
}

function translates(pattern: string): boolean {
  try {
    perlRegexp(pattern);
    return true;
  } catch {
    return false;
  }
}

/** Perl backtracks into a longer match where the first one is empty; JavaScript cannot be asked to. */
function prefersEmpty(pattern: string, text: string): boolean {
  if (!pattern.includes("|")) return false;
  const here = new RegExp(perlRegexp(pattern).source, "y");
  for (let at = 0; at <= text.length; at++) {
    here.lastIndex = at;
    if (here.exec(text)?.[0] === "") return true;
  }
  return false;
}

/**
 * Perl takes \R for (?>\r\n|\n|...) but gives back single characters of a \r\n where a quantified one backtracks:
 * "\r\nx" =~ /\R?\s\s\w/ is no match in perl 5.36, though /(?>\r\n|\n)?\s\s\w/ is one.
 */
function quantifiesNewline(pattern: string): boolean {
  return /\\R[*+?{]/.test(pattern);
}

const hasPerl = spawnSync("perl", ["-e", "1"]).status === 0;

test("random patterns split random texts as perl does", { skip: hasPerl ? false : "no perl here" }, () => {
  const atom = fc.constantFrom(
    ...[
      "a",
      "b",
      "B",
      ",",
      " ",
      ".",
      "\\.",
      "\\s",
      "\\S",
      "\\w",
      "\\W",
      "\\d",
      "\\h",
      "\\t",
      "\\x41",
      "\\x{e9}",
      "\xe9",
    ],
    ...[
      "[ab]",
      "[^a]",
      "[[:upper:]]",
      "[[:space:],]",
      "[\\w-]",
      "(?i)",
      "(?i:ab)",
      "(?:a|B)",
      "(?=b)",
      "(?!a)",
      "(?<=a)",
    ],
    ...["\\b", "$", "\\z", "\\Z", "|", "\\N", "\\R", "\\v", "(?s:.)", "(?m:$)", "\\055", "{"],
  );
  const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{1,2}", "{,2}", "+?");
  const patterns = fc.array(
    fc.tuple(atom, quantifier).map((pair) => pair.join("")),
    { minLength: 1, maxLength: 5 },
  );
  const letters = fc.constantFrom(..."aAbB,- .\t\n\r\x85\xa0\xe9\xc9x1{");
  const texts = fc.string({ unit: letters, minLength: 1, maxLength: 12 });
  const pairs = fc.sample(
    fc.tuple(
      patterns.map((parts) => parts.join("")),
      texts,
    ),
    3000,
  );
  const expected = perlSplits(pairs);
  let compared = 0;
  pairs.forEach(([pattern, text], index) => {
    const answer = expected[index]!;
    if (answer === null || !translates(pattern)) return;
    if (prefersEmpty(pattern, text) || quantifiesNewline(pattern)) return;
    compared++;
    assert.deepEqual(perlSplitter(pattern)(text), answer, `split m/${pattern}/ of ${JSON.stringify(text)}`);
  });
  assert.ok(compared > 2000, `only ${compared} pairs could be compared`);
});
