import assert from "node:assert/strict";
import { test } from "node:test";
import { programWord, wordsOf } from "./command-words.ts";

test("words are without quotes and operators, and what is written to is none", () => {
  assert.deepEqual(wordsOf(`python "my script.py" {} | sort -k 1,1 <names.txt >out.txt 2>>err.log`), [
    "python",
    "my script.py",
    "{}",
    "sort",
    "-k",
    "1,1",
    "names.txt",
    "2",
  ]);
  assert.deepEqual(wordsOf(`cat a\\ b'c d'e;(wc x)&&true`), ["cat", "a\\", "bc de", "wc", "x", "true"]);
});

test("the program is the first word that is no assignment", () => {
  assert.equal(programWord("cc -c a.c"), "cc");
  assert.equal(programWord("LC_ALL=C PATH+=:. sort a"), "sort");
  assert.equal(programWord("X='a b' ./run.sh"), "./run.sh");
  assert.equal(programWord("(gzip -9)"), "gzip");
  assert.equal(programWord("$CC -c a.c"), undefined);
  assert.equal(programWord("`which cc` a"), undefined);
  assert.equal(programWord(""), undefined);
});
