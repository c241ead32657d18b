import type { ByteString } from "../bytes/bytes.ts";
import { type Attributes, type AttributeValue, attributeName, attributeValue } from "./attributes.ts";
import { tokens, unreadable } from "./where-tokens.ts";

export const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What --where asks of a host. */
export type Condition =
  /** A label that it has: an attribute that is neither false, 0 nor empty. */
  | { readonly type: "has"; readonly name: ByteString }
  | {
      readonly type: "compare";
      readonly name: ByteString;
      readonly operator: Comparison;
      readonly value: AttributeValue;
    }
  | { readonly type: "not"; readonly condition: Condition }
  | { readonly type: "and" | "or"; readonly left: Condition; readonly right: Condition };

/**
 * Reads `gpu and mem>64G`: labels, comparisons, `not` before `and` before `or`, parentheses. Behind a comparison stands
 * a number, a size (64G), true, false or a text, in quotes where it has blanks or signs in it.
 *
 * @throws YonderError USAGE, which says where in the text
 */
export function parseCondition(text: ByteString): Condition {
  const rest = tokens(text);

  function either(): Condition {
    let left = both();
    while (takes("or")) left = { type: "or", left, right: both() };
    return left;
  }

  function both(): Condition {
    let left = term();
    while (takes("and")) left = { type: "and", left, right: term() };
    return left;
  }

  function term(): Condition {
    if (takes("not")) return { type: "not", condition: term() };
    if (takes("(")) {
      const inner = either();
      if (!takes(")")) fail("a ) is missing");
      return inner;
    }
    const word = rest[0]!;
    if (word.type !== "word") fail("a label or the name of an attribute is missing");
    rest.shift();
    const name = attributeName(word.text);
    const operator = COMPARISONS.find((sign) => takes(sign));
    return operator === undefined
      ? { type: "has", name }
      : { type: "compare", name, operator, value: value() };
  }

  function value(): AttributeValue {
    const token = rest[0]!;
    if (token.type !== "word" && token.type !== "quoted") fail("a number or a text is missing");
    rest.shift();
    return token.type === "quoted" ? token.text : attributeValue(token.text);
  }

  function takes(sign: ByteString): boolean {
    const isNext = rest[0]!.type === "sign" && rest[0]!.text === sign;
    if (isNext) rest.shift();
    return isNext;
  }

  function fail(what: string): never {
    throw unreadable(text, rest[0]!.at, rest[0]!.text, what);
  }

  const condition = either();
  if (rest[0]!.type !== "end")
    fail(rest[0]!.text === ")" ? "nothing opens this )" : "and, or or a comparison is missing");
  return condition;
}

/**
 * Whether a host is asked for. What is not known of it is not so: it has no label that nobody gave it, and every
 * comparison with an attribute that it does not have is false but `!=`. Numbers are compared with numbers and texts with
 * texts (capitals do not matter); values of two kinds differ, and neither is less.
 */
export function isMet(condition: Condition, attributes: Attributes): boolean {
  switch (condition.type) {
    case "has":
      return Boolean(attributes.get(condition.name));
    case "compare":
      return compares(attributes.get(condition.name), condition.operator, condition.value);
    case "not":
      return !isMet(condition.condition, attributes);
    case "and":
      return isMet(condition.left, attributes) && isMet(condition.right, attributes);
    case "or":
      return isMet(condition.left, attributes) || isMet(condition.right, attributes);
    default:
      throw new Error(condition satisfies never);
  }
}

function compares(known: AttributeValue | undefined, operator: Comparison, wanted: AttributeValue): boolean {
  const order = typeof known === typeof wanted ? orderOf(known!, wanted) : undefined;
  if (operator === "!=") return order !== 0;
  if (order === undefined) return false;
  if (order === 0) return operator === "=" || operator === "<=" || operator === ">=";
  return operator.startsWith(order < 0 ? "<" : ">");
}

function orderOf(one: AttributeValue, other: AttributeValue): number {
  const [a, b] = [one, other].map((value) => (typeof value === "string" ? value.toLowerCase() : value));
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

/** The attributes that a condition speaks of: one that no host has is probably misspelt. */
export function namesOf(condition: Condition): ReadonlySet<ByteString> {
  switch (condition.type) {
    case "has":
    case "compare":
      return new Set([condition.name]);
    case "not":
      return namesOf(condition.condition);
    default:
      return new Set([...namesOf(condition.left), ...namesOf(condition.right)]);
  }
}
