import type { ByteString } from "../bytes/bytes.ts";
import { contextWords } from "./context-words.ts";
import { ofValue, type Uses, unionOfUses } from "./expression.ts";
import { fillText, fillWords } from "./fill.ts";
import { type Growth, growthOf } from "./growth.ts";
import type { TemplateOptions } from "./options.ts";
import { type Fragment, isFragment, type Part, parserOf } from "./parse.ts";
import { type RenderContext, scopeOf } from "./scope.ts";

/** What render gives for a task that asked not to be run: skip(). */
export const SKIP: unique symbol = Symbol("skip");

/** A text with replacement strings, ready to be filled in any number of times. */
export interface Template {
  readonly uses: Uses;
  readonly growth: Growth;
  render(context: RenderContext): ByteString | typeof SKIP;
}

/**
 * Compiles a command (its words, as the shell gave them to yonder) or a text.
 *
 * A command without replacement strings gets its values appended; one without any words is its values. Values are
 * quoted, but for a command whose first word has a replacement string in it: that is shell source.
 */
export function compileTemplate(
  source: ByteString | readonly ByteString[],
  options: TemplateOptions,
): Template {
  const words = parsedWords(typeof source === "string" ? [source] : source, options);
  const units = words.map((parts) => (options.contextReplace ? contextWords(parts) : parts));
  const quoted = options.mode === "command" && !startsWithFragment(words.flat());
  const fill = options.quoteWords ? fillWords(units) : fillText(units.flat(), quoted);
  return {
    uses: unionOfUses(
      words
        .flat()
        .filter(isFragment)
        .map((fragment) => fragment.expression.uses),
    ),
    growth: growthOf(units.flat()),
    render(context) {
      const scope = scopeOf(context);
      const text = fill(scope);
      return scope.skipped ? SKIP : text;
    },
  };
}

/** The words of -q, each in parts; else one text. */
function parsedWords(words: readonly ByteString[], options: TemplateOptions): readonly (readonly Part[])[] {
  const texts = options.quoteWords || words.length === 0 ? words : [words.join(" ")];
  const parsed = texts.map(parserOf(options));
  const append = options.append ?? options.mode === "command";
  if (!append || parsed.some((parts) => parts.some(isFragment))) return parsed;
  if (options.quoteWords || parsed.length === 0) return [...parsed, [everything]];
  return [[...parsed.flat(), " ", everything]];
}

/** A fragment in the first word; behind a = the word is an assignment, and that a value. */
function startsWithFragment(parts: readonly Part[]): boolean {
  const first = parts.findIndex(isFragment);
  return first >= 0 && !/[ \t\n=]/.test(parts.slice(0, first).join(""));
}

const everything: Fragment = { position: 0, expression: ofValue((value) => value) };
