import { type ByteString, decodeText, encodeText, isText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { Expression } from "./expression.ts";
import { shellQuote } from "./quote.ts";
import type { Scope } from "./scope.ts";

/** What a JavaScript expression can name, beside the globals of JavaScript. */
interface Names {
  /** The value. */
  readonly _: string;
  /** All values of the task, and the same by row. */
  readonly args: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly seq: number;
  readonly slot: number;
  readonly total: number | undefined;
  /** node:path for POSIX: path.basename(_, ".png") */
  readonly path: unknown;
  /** One object for all expressions and tasks of this yonder. */
  readonly state: Record<string, unknown>;
  quote(text: string): string;
  /** The text, which goes into the command without quotes. */
  raw(text: string): string;
  /** Leaves this task out. */
  skip(): string;
}

/**
 * {@ expression @}: JavaScript, yonder's own. The result is quoted like every value.
 *
 * Values are text (UTF-8) there. One that is not text comes as its bytes, one character each, and what is made of it
 * is taken for bytes too, so that a name in another encoding survives a path operation.
 */
export function javascriptExpression(source: ByteString): Expression {
  const code = decodeText(source).trim();
  const evaluate = compiled(code);
  const usesTotal = /\btotal\b/.test(code);
  return {
    uses: { args: true, seq: /\bseq\b/.test(code), slot: /\bslot\b/.test(code), total: usesTotal },
    evaluate(value, scope) {
      const text = isText(value);
      const show = text ? decodeText : same;
      let result: unknown;
      try {
        result = evaluate(namesFor(show(value), scope, show, usesTotal));
      } catch (cause) {
        throw failed(code, `failed for ${JSON.stringify(decodeText(value))}: ${String(cause)}`, cause);
      }
      const shown = textOf(result, code);
      return text || /[^\x00-\xff]/.test(shown) ? encodeText(shown) : shown;
    },
  };
}

const NAMES = ["_", "args", "rows", "seq", "slot", "total", "path", "state", "quote", "raw", "skip"] as const;

/** An expression, or statements with a return. */
function compiled(code: string): (names: Names) => unknown {
  const functionOf = (body: string): ((names: Names) => unknown) => {
    const made: unknown = new Function(...NAMES, `"use strict"; ${body}`);
    const callable = made as (...values: readonly unknown[]) => unknown;
    return (names) => callable(...NAMES.map((name) => names[name]));
  };
  try {
    return functionOf(`return (${code === "" ? "_" : code}\n);`);
  } catch (cause) {
    if (!/\breturn\b/.test(code)) throw failed(code, `is not valid: ${String(cause)}`, cause);
  }
  try {
    return functionOf(code);
  } catch (cause) {
    throw failed(code, `is not valid: ${String(cause)}`, cause);
  }
}

const state: Record<string, unknown> = {};

function namesFor(value: string, scope: Scope, show: (bytes: ByteString) => string, total: boolean): Names {
  const { context } = scope;
  return {
    _: value,
    args: scope.args.map(show),
    rows: context.rows.map((row) => row.map(show)),
    seq: context.seq,
    slot: context.slot,
    total: total ? context.total() : undefined,
    path: process.getBuiltinModule("node:path").posix,
    state,
    quote: (text) => shellQuote(text),
    raw(text) {
      scope.unquoted = true;
      return text;
    },
    skip() {
      scope.skipped = true;
      return "";
    },
  };
}

function same(bytes: ByteString): string {
  return bytes;
}

function textOf(result: unknown, code: string): string {
  if (result === undefined || result === null) return "";
  if (Array.isArray(result)) return result.join(" ");
  if (result instanceof Promise) throw failed(code, "gives a promise, and nothing here can wait for it");
  return String(result);
}

function failed(code: string, what: string, cause?: unknown): YonderError {
  return new YonderError("TEMPLATE", {
    message: `the JavaScript expression {@ ${code} @} ${what}`,
    remedy: `it can name ${NAMES.join(", ")}; _ is the value: {@ _.toUpperCase() @}`,
    cause,
  });
}
