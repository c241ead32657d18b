import { refuse } from "./cursor.ts";
import { isTrue, type Run, sure, toNumber, toText, truth, type Value } from "./values.ts";

/** An infix operator; those with the higher level bind tighter. */
export interface Operator {
  /** Sticky; longer operators that are not known here are left out by what may follow. */
  readonly pattern: RegExp;
  readonly level: number;
  apply(left: Run, right: Run): Run;
}

const numeric =
  (compute: (a: number, b: number) => number) => (left: Run, right: Run) => (environment: Env) =>
    sure(compute(toNumber(left(environment)), toNumber(right(environment))));

const numericTest =
  (test: (a: number, b: number) => boolean) => (left: Run, right: Run) => (environment: Env) =>
    truth(test(toNumber(left(environment)), toNumber(right(environment))));

const textTest = (test: (a: string, b: string) => boolean) => (left: Run, right: Run) => (environment: Env) =>
  truth(test(toText(left(environment)), toText(right(environment))));

type Env = Parameters<Run>[0];

const and = (left: Run, right: Run): Run => {
  return (environment) => {
    const value = left(environment);
    return isTrue(value) ? right(environment) : value;
  };
};

const or = (left: Run, right: Run): Run => {
  return (environment) => {
    const value = left(environment);
    return isTrue(value) ? value : right(environment);
  };
};

export const LOW_OR = 1;
export const LOW_AND = 2;
/** Assignment and ?: stand between "and" and these. */
export const TERNARY = 5;
/** The argument of a function without parentheses is everything that binds tighter than comparison. */
export const ADDITIVE = 10;

export const operators: readonly Operator[] = [
  { pattern: /or\b/y, level: LOW_OR, apply: or },
  { pattern: /and\b/y, level: LOW_AND, apply: and },
  { pattern: /\|\|(?!=)/y, level: 6, apply: or },
  { pattern: /&&(?!=)/y, level: 7, apply: and },
  { pattern: /==/y, level: 8, apply: numericTest((a, b) => a === b) },
  { pattern: /!=/y, level: 8, apply: numericTest((a, b) => a !== b) },
  { pattern: /<=>/y, level: 8, apply: numeric((a, b) => Math.sign(a - b) + 0) },
  { pattern: /eq\b/y, level: 8, apply: textTest((a, b) => a === b) },
  { pattern: /ne\b/y, level: 8, apply: textTest((a, b) => a !== b) },
  { pattern: /<=(?!>)/y, level: 9, apply: numericTest((a, b) => a <= b) },
  { pattern: />=/y, level: 9, apply: numericTest((a, b) => a >= b) },
  { pattern: /<(?![<=])/y, level: 9, apply: numericTest((a, b) => a < b) },
  { pattern: />(?![>=])/y, level: 9, apply: numericTest((a, b) => a > b) },
  { pattern: /lt\b/y, level: 9, apply: textTest((a, b) => a < b) },
  { pattern: /gt\b/y, level: 9, apply: textTest((a, b) => a > b) },
  { pattern: /le\b/y, level: 9, apply: textTest((a, b) => a <= b) },
  { pattern: /ge\b/y, level: 9, apply: textTest((a, b) => a >= b) },
  { pattern: /\+(?![+=])/y, level: ADDITIVE, apply: numeric((a, b) => a + b) },
  { pattern: /-(?![-=>])/y, level: ADDITIVE, apply: numeric((a, b) => a - b) },
  { pattern: /\.(?![.=\d])/y, level: ADDITIVE, apply: concatenate },
  { pattern: /\*(?![*=])/y, level: 11, apply: numeric((a, b) => a * b) },
  { pattern: /\/(?![/=])/y, level: 11, apply: numeric(divide) },
  { pattern: /%(?!=)/y, level: 11, apply: numeric(modulo) },
  { pattern: /x(?=[\s\d("'$])/y, level: 11, apply: repeated },
  { pattern: /\*\*(?!=)/y, level: 14, apply: numeric(power) },
];

/** What stands before = in an assignment; "" is the plain one. */
export const assignments: { readonly [operator: string]: (left: Run, right: Run) => Run } = {
  "": (_left, right) => right,
  ".": concatenate,
  "+": numeric((a, b) => a + b),
  "-": numeric((a, b) => a - b),
  "*": numeric((a, b) => a * b),
  "/": numeric(divide),
  "%": numeric(modulo),
  "**": numeric(power),
  x: repeated,
  "||": or,
  "&&": and,
};

function concatenate(left: Run, right: Run): Run {
  return (environment) => toText(left(environment)) + toText(right(environment));
}

function repeated(left: Run, right: Run): Run {
  return (environment): Value => {
    const text = toText(left(environment));
    const times = Math.max(0, Math.trunc(toNumber(right(environment))));
    return text.length * times < 1_000_000 ? text.repeat(times) : refuse();
  };
}

function divide(a: number, b: number): number {
  return b === 0 ? refuse() : a / b;
}

/** Of integers, with the sign of the right operand. */
function modulo(a: number, b: number): number {
  const [left, right] = [Math.trunc(a), Math.trunc(b)];
  if (right === 0) refuse();
  const rest = left % right;
  return rest !== 0 && rest < 0 !== right < 0 ? rest + right : rest + 0;
}

/** Where the result is exact. */
function power(a: number, b: number): number {
  return Number.isInteger(a) && Number.isInteger(b) && b >= 0 ? a ** b : refuse();
}
