import { invalid, unsupported } from "./errors.ts";
import { emit, type Translation } from "./translation.ts";

/** Translates the quantifier here: * + ? {n} {n,} {n,m} {,m}, greedy or lazy. A "{" that begins none is itself. */
export function quantifier(state: Translation): void {
  const { pattern, at } = state;
  const match = /^(?:[*+?]|\{\s*(\d*)\s*(,?)\s*(\d*)\s*\})([?+]?)/.exec(pattern.slice(at));
  const [text = "", least, comma, most, suffix] = match ?? [];
  const counted = least !== undefined;
  if (match === null || (counted && least + most === "")) {
    emit(state, "\\{", at + 1);
    return;
  }
  // A parenthesis of the pattern's own text was written as an escape, so these are the operators.
  if (/(?:^|[(|])$/.test(state.out)) throw invalid(pattern, "Quantifier follows nothing");
  if (state.out.endsWith("(?:)")) throw unsupported(pattern, "a quantifier after modifiers");
  if (suffix === "+") throw unsupported(pattern, `the possessive ${text}`);
  const source = counted ? `{${least === "" ? 0 : least}${comma}${most}}` : text[0]!;
  emit(state, source + suffix, at + text.length);
}
