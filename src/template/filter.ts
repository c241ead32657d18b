import type { ByteString } from "../bytes/bytes.ts";
import type { ReplacementOptions } from "./options.ts";
import { inPerl } from "./perl/evaluate.ts";
import { compileNativeCondition } from "./perl/native/native.ts";
import { type RenderContext, scopeOf } from "./scope.ts";
import { compileTemplate, SKIP } from "./template.ts";

/**
 * --filter: whether a task is to run.
 *
 * As in GNU parallel the replacement strings are filled in first, as they are, and the text that results is perl: so
 * '{1} < {2}' compares numbers and '"{1}" lt "{2}"' strings. What perl cannot evaluate is not true.
 */
export function compileFilter(
  conditions: readonly ByteString[],
  options: ReplacementOptions,
): (context: RenderContext) => boolean {
  const templates = conditions.map((condition) => compileTemplate(condition, { ...options, mode: "text" }));
  return (context) =>
    templates.every((template) => {
      const code = template.render(context);
      return code !== SKIP && isTrue(code, context);
    });
}

function isTrue(code: ByteString, context: RenderContext): boolean {
  const scope = scopeOf(context);
  // Each task has code of its own, so perl gets it as a value: nothing is kept for it.
  return compileNativeCondition(code)?.(scope) ?? evaluate(code, scope) === "1";
}

const evaluate = inPerl("$_ = eval('use strict; ' . $_) ? 1 : 0");
