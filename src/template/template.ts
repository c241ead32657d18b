import type { ByteString } from "../bytes/bytes.ts";
import { ofValue, type Uses, unionOfUses } from "./expression.ts";
import { fillText, fillWords } from "./fill.ts";
import type { TemplateOptions } from "./options.ts";
import { type Fragment, type Part, parserOf } from "./parse.ts";
import { type RenderContext, scopeOf } from "./scope.ts";

/** What render gives for a task that asked not to be run: skip(). */
export const SKIP: unique symbol = Symbol("skip");

/** A text with replacement strings, ready to be filled in any number of times. */
export interface Template {
  readonly uses: Uses;
  render(context: RenderContext): ByteString | typeof SKIP;
}

/**
 * Compiles a command (its words, as the shell gave them to yonder) or a text.
 *
 * A command without replacement strings gets its values appended; one without any words is its values. Values are
 * quoted, but for a command that starts with a replacement string: there the value is shell source.
 */
export function compileTemplate(
  source: ByteString | readonly ByteString[],
  options: TemplateOptions,
): Template {
  const words = typeof source === "string" ? [source] : source;
  const parse = parserOf(options);
  const command = options.mode === "command";
  const parsed = (options.quoteWords ? words : words.length > 0 ? [words.join(" ")] : []).map(parse);
  if ((options.append ?? command) && !parsed.some((parts) => parts.some(isFragment))) {
    if (!options.quoteWords && parsed.length > 0) parsed[0] = [...parsed[0]!, " ", everything];
    else parsed.push([everything]);
  }
  const parts = parsed.flat();
  const context = options.contextReplace ?? false;
  const quoted = command && (parts.length === 0 || typeof parts[0] === "string");
  const fill = options.quoteWords ? fillWords(parsed, context) : fillText(parts, { context, quoted });
  return {
    uses: unionOfUses(parts.filter(isFragment).map((fragment) => fragment.expression.uses)),
    render(renderContext) {
      const scope = scopeOf(renderContext);
      const text = fill(scope);
      return scope.skipped ? SKIP : text;
    },
  };
}

const everything: Fragment = {
  position: 0,
  expression: ofValue((value) => value),
};

function isFragment(part: Part): part is Fragment {
  return typeof part !== "string";
}
