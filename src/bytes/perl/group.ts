import { invalid, unsupported } from "./errors.ts";
import { emit, modified, plainScope, type Scope, type Translation } from "./translation.ts";

/** Translates what begins with the "(" here: a group, a look-around, modifiers or a comment. */
export function openGroup(state: Translation): void {
  const { pattern, at, scope } = state;
  const rest = pattern.slice(at);
  const plain = /^\((?![?*])/.exec(rest);
  const around = /^\(\?<?[=!]/.exec(rest);
  const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
  const comment = /^\(\?#[^)]*\)/.exec(rest);
  const modifiers = /^\(\?(\^?)([a-z]*)(?:-([a-z]*))?([:)])/.exec(rest);
  if (plain !== null) {
    if (!scope.noCapture) state.groups++;
    open(state, scope.noCapture ? "(?:" : "(", 1, scope);
  } else if (around !== null) {
    open(state, around[0], around[0].length, scope);
  } else if (named !== null) {
    state.groups++;
    open(state, `(?<${named[1] ?? named[2]}>`, named[0].length, scope);
  } else if (comment !== null) {
    emit(state, "", at + comment[0].length);
  } else if (modifiers === null) {
    throw unsupported(pattern, rest.slice(0, 4));
  } else if (modifiers[4] === ":") {
    open(state, "(?:", modifiers[0].length, innerScope(state, modifiers));
  } else {
    // "(?i)" holds to the end of the group around it. Its empty group is what a quantifier after it applies to.
    state.scope = innerScope(state, modifiers);
    emit(state, "(?:)", at + modifiers[0].length);
  }
}

export function closeGroup(state: Translation): void {
  const scope = state.outer.pop();
  if (scope === undefined) throw invalid(state.pattern, "Unmatched )");
  state.scope = scope;
  emit(state, ")", state.at + 1);
}

function open(state: Translation, source: string, length: number, scope: Scope): void {
  state.outer.push(state.scope);
  state.scope = scope;
  emit(state, source, state.at + length);
}

function innerScope(state: Translation, modifiers: RegExpExecArray): Scope {
  const [text, caret, on = "", off = ""] = modifiers;
  if (!/^[imsxnpadlu]*$/.test(on + off) || on.includes("xx")) throw unsupported(state.pattern, text);
  return modified(caret === "^" ? plainScope : state.scope, on, off);
}
