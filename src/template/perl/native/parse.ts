import type { ByteString } from "../../../bytes/bytes.ts";
import { delimited, expect, refuse, skipBlanks, take } from "./cursor.ts";
import { nullary } from "./functions.ts";
import { assignments, LOW_OR, operators, TERNARY } from "./operators.ts";
import { parseWhole, type Source } from "./source.ts";
import { interpolated, plainString } from "./strings.ts";
import { match, patternOf } from "./substitute.ts";
import { argument, group } from "./task-values.ts";
import { increment, isTrue, type Run, sure, toNumber, truth } from "./values.ts";
import { flagsHere, parseWord, topic } from "./words.ts";

/** Statements with semicolons between them; the value is that of none of them, what counts is $_. */
export function parseProgram(code: ByteString, groups: readonly ByteString[]): Run {
  const source = sourceOf(code, groups);
  const statements: Run[] = [];
  for (;;) {
    while (take(source, /;/y)) {}
    if (source.at >= source.text.length) break;
    statements.push(parseStatement(source));
    skipBlanks(source);
    if (source.at < source.text.length) expect(source, /;/y);
  }
  return (environment) => {
    for (const statement of statements) statement(environment);
    return "";
  };
}

/** One expression, and nothing behind it. */
export function parseCondition(code: ByteString): Run {
  return parseWhole(sourceOf(code, []));
}

function sourceOf(text: ByteString, groups: readonly ByteString[]): Source {
  return { text, at: 0, groups, parse: parseExpression };
}

function parseStatement(source: Source): Run {
  const run = parseExpression(source, LOW_OR);
  const modifier = take(source, /(?:if|unless)\b/y);
  if (modifier === undefined) return run;
  const condition = parseExpression(source, LOW_OR);
  const wanted = modifier === "if";
  return (environment) => (isTrue(condition(environment)) === wanted ? run(environment) : "");
}

/** An expression of operators of this level and above. */
function parseExpression(source: Source, level: number): Run {
  if (
    level <= TERNARY &&
    take(source, /(?:not|my|our|local|return|do|eval|for|foreach|while|until|if|unless)\b/y)
  ) {
    refuse();
  }
  const assigned = level <= TERNARY ? parseAssignment(source) : undefined;
  let left = assigned ?? parseUnary(source);
  for (;;) {
    if (level <= TERNARY && take(source, /\?/y)) {
      left = parseTernary(source, left);
      continue;
    }
    const operator = takeOperator(source, level);
    if (operator === undefined) return left;
    // ** is right-associative; perl's other operators of one level go from the left.
    left = operator.apply(
      left,
      parseExpression(source, operator.level === POWER ? POWER : operator.level + 1),
    );
  }
}

const POWER = 14;

function takeOperator(source: Source, level: number): (typeof operators)[number] | undefined {
  return operators.find(
    (operator) => operator.level >= level && take(source, operator.pattern) !== undefined,
  );
}

function parseTernary(source: Source, condition: Run): Run {
  const yes = parseExpression(source, TERNARY);
  expect(source, /:(?!:)/y);
  const no = parseExpression(source, TERNARY);
  return (environment) => (isTrue(condition(environment)) ? yes(environment) : no(environment));
}

/** $_ = ..., $_ .= ...; undefined where something else stands here. */
function parseAssignment(source: Source): Run | undefined {
  const start = source.at;
  if (take(source, TOPIC) === undefined) return undefined;
  const operator = take(source, /(?:\*\*|\|\||&&|[-.+*/%x])?=(?![=~])/y);
  if (operator === undefined) {
    source.at = start;
    return undefined;
  }
  const right = parseExpression(source, TERNARY);
  const combine = assignments[operator.slice(0, -1)] ?? refuse();
  const value = combine((environment) => environment.topic, right);
  return (environment) => (environment.topic = value(environment));
}

const TOPIC = /\$_(?![\w[{]|::|->)/y;

function parseUnary(source: Source): Run {
  if (take(source, /!(?![=~])/y)) {
    const operand = parseUnary(source);
    return (environment) => truth(!isTrue(operand(environment)));
  }
  if (take(source, /-(?![-\w])|-(?=\d)/y)) {
    const operand = parseExpression(source, POWER);
    return (environment) => negated(operand(environment));
  }
  if (take(source, /\+\+(?=\s*\$_(?![\w[{]|::|->))/y)) return parseStep(source, 1);
  if (take(source, /--(?=\s*\$_(?![\w[{]|::|->))/y)) return parseStep(source, -1);
  return parseTerm(source);
}

function negated(value: ByteString | number): number {
  if (typeof value === "string" && !/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(value)) refuse();
  const number = toNumber(value);
  return number === 0 ? 0 : -number;
}

function parseStep(source: Source, step: 1 | -1): Run {
  expect(source, TOPIC);
  return (environment) => (environment.topic = stepped(environment.topic, step));
}

function stepped(value: ByteString | number, step: 1 | -1): ByteString | number {
  return step === 1 ? increment(value) : sure(toNumber(value) - 1);
}

function parseTerm(source: Source): Run {
  skipBlanks(source);
  const { text } = source;
  const char = text[source.at];
  if (char === "$") return parseVariable(source);
  if (char === "(") return parseParentheses(source);
  if (char === '"' || char === "'" || char === "/") {
    source.at++;
    const body = delimited(source, char);
    if (char === "/") return match(patternOf(body, flagsHere(source, /[imsx]*/y), source), topic);
    return char === '"' ? interpolated(body, source.groups) : plainString(body);
  }
  const number = take(source, /(?:0|[1-9]\d*)(?:\.\d+)?(?![\w.])/y);
  if (number !== undefined) {
    const value = sure(Number(number));
    return () => value;
  }
  return parseWord(source, expect(source, /[A-Za-z_]\w*(?!\w|::)/y));
}

/** $_ (with ++, --, =~ behind it), $arg[1], $1, $&, $$1, $job->seq() */
function parseVariable(source: Source): Run {
  if (take(source, TOPIC)) {
    const step = take(source, /\+\+|--/y);
    if (step !== undefined) return postfix(step === "++" ? 1 : -1);
    return take(source, /=~/y) ? parseBound(source) : topic;
  }
  const own = take(source, /\$\$\d+/y);
  if (own !== undefined) {
    const value = source.groups[Number(own.slice(2)) - 1] ?? "";
    return () => value;
  }
  const method = take(source, /\$job->(?:seq|slot)\b(?:\(\s*\))?/y);
  if (method !== undefined) return nullary[method.includes("seq") ? "seq" : "slot"]!;
  const arg = take(source, /\$arg\[-?\d+\](?![[{]|->)/y);
  if (arg !== undefined) return argument(Number(arg.slice(5, -1)));
  return group(expect(source, /\$(?:[1-9](?!\d)|&)/y).slice(1));
}

function postfix(step: 1 | -1): Run {
  return (environment) => {
    const before = environment.topic;
    environment.topic = stepped(before, step);
    return before;
  };
}

/** $_ =~ ... */
function parseBound(source: Source): Run {
  skipBlanks(source);
  const [word] = /^(?:s|y|tr|m|)(?=[^\w\s])/.exec(source.text.slice(source.at)) ?? refuse();
  return word === "" && source.text[source.at] !== "/" ? refuse() : parseTerm(source);
}

/** One value: a list, or an element of one, is for perl, and so is a list that is repeated. */
function parseParentheses(source: Source): Run {
  expect(source, /\(/y);
  const run = parseExpression(source, LOW_OR);
  expect(source, /\)(?!\s*(?:\[|x\b|x\d|=(?![=~])))/y);
  return run;
}
