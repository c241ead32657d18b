import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { YonderError } from "../interface/errors.ts";
import type { Attributes, AttributeValue } from "./attributes.ts";
import { COMPARISONS, type Condition, isMet, namesOf, parseCondition } from "./where.ts";

const GIB = 1024 ** 3;
const alice: Attributes = new Map<string, AttributeValue>([
  ["gpu", true],
  ["memory", 128 * GIB],
  ["cores", 16],
  ["arch", "arm64"],
  ["os", "Linux"],
  ["spot", false],
]);

function asks(text: string, attributes = alice): boolean {
  return isMet(parseCondition(text), attributes);
}

function refusal(text: string): string {
  try {
    parseCondition(text);
  } catch (error) {
    return (error as YonderError).message;
  }
  return "no error";
}

test("labels, sizes and texts", () => {
  for (const text of [
    "gpu",
    "gpu and mem>64G",
    "memory=128G",
    "mem >= 128G and mem <= 131072M",
    "cores>8",
    "arch=arm64",
    'os = "Linux"',
    "os==linux",
    "not spot",
    "spot=false",
    "arch!='x86_64'",
  ]) {
    assert.equal(asks(text), true, text);
  }
  for (const text of ["tpu", "not gpu", "mem>128G", "mem<128G", "arch=x86_64", "spot"]) {
    assert.equal(asks(text), false, text);
  }
});

test("not binds before and, and before or; parentheses before all", () => {
  assert.equal(asks("gpu or gpu and tpu"), true);
  assert.equal(asks("(gpu or gpu) and tpu"), false);
  assert.equal(asks("not tpu and gpu"), true);
  assert.equal(asks("not (tpu or gpu)"), false);
  assert.equal(asks("NOT not gpu AND gpu"), true);
});

test("what is not known is not so", () => {
  assert.equal(asks("tpu or disk>1G or disk<1G or rack=a"), false);
  assert.equal(asks("rack!=a and not tpu"), true);
  assert.equal(asks("arch>5 or arch<5 or arch=5"), false);
  assert.equal(asks("arch!=5"), true);
});

test("texts that look like numbers stand in quotes", () => {
  assert.equal(asks("rack='12'", new Map([["rack", "12"]])), true);
  assert.equal(asks("rack=12", new Map([["rack", "12"]])), false);
});

test("errors say what is wrong and where", () => {
  const at = "cannot be read:";
  assert.equal(
    refusal("gpu and"),
    `--where 'gpu and' ${at} a label or the name of an attribute is missing at its end.`,
  );
  assert.match(refusal("mem > and gpu"), /a number or a text is missing at character 7, "and"/);
  assert.match(refusal("gpu cores>8"), /and, or or a comparison is missing at character 5, "cores"/);
  assert.match(refusal("(gpu or tpu"), /a \) is missing at its end/);
  assert.match(refusal("gpu)"), /nothing opens this \) at character 4, "\)"/);
  assert.match(
    refusal("gpu and !spot"),
    /! means nothing without = behind it \(not does\) at character 9, "!spot"/,
  );
  assert.match(refusal("arch='arm"), /a quote is not closed at character 6, "'arm"/);
  assert.match(refusal("é and".replace("é", "\xc3\xa9")), /^--where 'é and' .* at its end/);
  assert.match(refusal("\xc3\xa9 and )"), /at character 7, "\)"/);
  assert.match(refusal("  "), /is missing at its end/);
});

test("the attributes that it speaks of", () => {
  assert.deepEqual(
    [...namesOf(parseCondition("gpu and (mem>1 or not gpu) and cpus=2"))],
    ["gpu", "memory", "cores"],
  );
});

const name = fc.constantFrom("gpu", "ssd", "cores", "memory", "arch", "a.b-c");
const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.boolean(),
  fc.constantFrom("", "a", "B", "x y", "and", "1", "(", "don't"),
);
const plain = { noNullPrototype: true } as const;
const condition = fc.letrec<{ any: Condition }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.record({ type: fc.constant("has" as const), name }, plain),
    fc.record(
      { type: fc.constant("compare" as const), name, operator: fc.constantFrom(...COMPARISONS), value },
      plain,
    ),
    fc.record({ type: fc.constant("not" as const), condition: tie("any") }, plain),
    fc.record(
      { type: fc.constantFrom("and" as const, "or" as const), left: tie("any"), right: tie("any") },
      plain,
    ),
  ),
})).any;
const attributes = fc.array(fc.tuple(name, value)).map((pairs) => new Map(pairs));

/** With more parentheses than are needed. */
function written(condition: Condition): string {
  switch (condition.type) {
    case "has":
      return condition.name;
    case "compare": {
      const { value } = condition;
      const text =
        typeof value === "string" ? (value.includes("'") ? `"${value}"` : `'${value}'`) : String(value);
      return `${condition.name}${condition.operator}${text}`;
    }
    case "not":
      return `not (${written(condition.condition)})`;
    default:
      return `(${written(condition.left)})${condition.type}(${written(condition.right)})`;
  }
}

test("property: what is written is read back", () => {
  fc.assert(fc.property(condition, (it) => assert.deepEqual(parseCondition(written(it)), it)));
});

test("property: any text is a condition or is refused, and a place in it is named", () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom("and", "or", "not", "(", ")", "=", "<", ">=", "gpu", "64G", "'", '"', "!", "x"))
      .map((words) => words.join(" ")),
  );
  fc.assert(
    fc.property(text, (it) => {
      try {
        parseCondition(it);
      } catch (error) {
        assert.ok(error instanceof YonderError && error.code === "USAGE", String(error));
        const [, at] = / at character (\d+), /.exec(error.message) ?? [];
        assert.ok(
          at === undefined
            ? / at its end\.$/.test(error.message)
            : Number(at) >= 1 && Number(at) <= it.length,
        );
      }
    }),
    { numRuns: 1000 },
  );
});

test("property: the laws that people count on", () => {
  fc.assert(
    fc.property(condition, condition, attributes, (a, b, host) => {
      const both: Condition = { type: "not", condition: { type: "and", left: a, right: b } };
      const [notA, notB] = [a, b].map((one): Condition => ({ type: "not", condition: one }));
      assert.equal(isMet(both, host), isMet({ type: "or", left: notA!, right: notB! }, host));
    }),
  );
  fc.assert(
    fc.property(name, value, attributes, (of, wanted, host) => {
      const compare = (operator: (typeof COMPARISONS)[number]): boolean =>
        isMet({ type: "compare", name: of, operator, value: wanted }, host);
      assert.equal(compare("!="), !compare("="));
      assert.equal(compare("<="), compare("<") || compare("="));
      assert.equal(compare(">="), compare(">") || compare("="));
      assert.ok(!(compare("<") && compare(">")));
    }),
  );
});
