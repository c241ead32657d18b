import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { type ByteString, bufferOf, bytesOf } from "../bytes/bytes.ts";
import { shellQuote, shellQuoteTimes } from "./quote.ts";
import { compileTemplate, SKIP } from "./template.ts";

/** Any bytes that an argument can hold, quotes and line ends more often than others. */
const anyValue = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(...bytesOfText("'\"\\\n $`!~"))), {
    maxLength: 40,
  })
  .map((bytes) => String.fromCharCode(...bytes));

/** What a shell makes of the words of a command, each of them ended by a NUL. */
function wordsOf(shell: string, commands: readonly ByteString[]): readonly ByteString[] {
  const script = commands.map((command) => `printf '%s\\0' ${command}`).join("\n");
  const { stdout } = spawnSync(shell, { input: bufferOf(script) });
  return bytesOf(stdout).split("\0").slice(0, -1);
}

test("the form is GNU parallel's", () => {
  const forms = {
    "a b": "'a b'",
    "a'b": `'a'"'"'b'`,
    "'": `"'"`,
    "''": `"'"''"'"`,
    "'a": `"'"'a'`,
    "": "''",
  };
  for (const [value, form] of Object.entries(forms)) assert.equal(shellQuote(value), form);
  assert.equal(shellQuote("+-./_09azAZ"), "+-./_09azAZ");
  for (const char of "=:,@%^~{}!#&*") assert.equal(shellQuote(char), `'${char}'`);
});

for (const shell of ["sh", "bash"]) {
  test(`every value comes back from ${shell} as it was`, () => {
    const many = fc.array(anyValue, { minLength: 200, maxLength: 200 });
    const property = fc.property(many, (values) => {
      assert.deepEqual(wordsOf(shell, values.map(shellQuote)), values);
    });
    fc.assert(property, { numRuns: 10 });
  });
}

test("every single byte comes back", () => {
  const values = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1));
  assert.deepEqual(wordsOf("sh", values.map(shellQuote)), values);
});

test("quoted twice, it takes two shells", () => {
  const property = fc.property(fc.array(anyValue, { minLength: 50, maxLength: 50 }), (values) => {
    const once = wordsOf(
      "sh",
      values.map((value) => shellQuoteTimes(value, 2)),
    );
    assert.deepEqual(wordsOf("sh", once), values);
  });
  fc.assert(property, { numRuns: 5 });
});

test("values in a command, plain, within words, and under -q", () => {
  const batch = fc.array(fc.tuple(anyValue, anyValue), { minLength: 50, maxLength: 50 });
  const property = fc.property(batch, (pairs) => {
    const plain = compileTemplate("x {1} a{2}b", { mode: "command" });
    const quoted = compileTemplate(["x", "{1}", "a {2}'b"], { mode: "command", quoteWords: true });
    for (const [template, expected] of [
      [plain, pairs.flatMap(([one, two]) => ["x", one, `a${two}b`])],
      [quoted, pairs.flatMap(([one, two]) => ["x", one, `a ${two}'b`])],
    ] as const) {
      const commands = pairs.map((pair) =>
        template.render({ rows: [pair], seq: 1, slot: 1, slots: 1, total: () => 1 }),
      );
      assert.deepEqual(
        wordsOf(
          "sh",
          commands.filter((command) => command !== SKIP),
        ),
        expected,
      );
    }
  });
  fc.assert(property, { numRuns: 5 });
});

function bytesOfText(text: string): readonly number[] {
  return [...text].map((char) => char.charCodeAt(0));
}
