import type { ByteString } from "../bytes/bytes.ts";
import { type Expression, ofTask, ofValue, type Uses } from "./expression.ts";
import type { Scope } from "./scope.ts";

/** A replacement string as it is spelt, before it is looked for in a text. */
export interface Tag {
  /** Groups in parentheses are regular expressions: "{%(.*?)}". */
  readonly text: ByteString;
  /** The value that it is computed from, where its definition says so: 1 for {#}, which there is once for a task. */
  readonly position: number;
  /** The meaning, given what the groups matched. */
  expression(groups: readonly ByteString[]): Expression;
}

/** A replacement string for something about the value. */
export function valueTag(text: ByteString, evaluate: (value: ByteString) => ByteString): Tag {
  const expression = ofValue((value) => evaluate(value));
  return { text, position: 0, expression: () => expression };
}

/** A replacement string for something about the task. */
export function taskTag(text: ByteString, uses: Partial<Uses>, evaluate: (scope: Scope) => ByteString): Tag {
  const expression = ofTask(uses, evaluate);
  return { text, position: 1, expression: () => expression };
}
