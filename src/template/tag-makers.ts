import type { ByteString } from "../bytes/bytes.ts";
import { ofTask, ofValue, type Uses } from "./expression.ts";
import type { Scope } from "./scope.ts";
import type { Tag } from "./tags.ts";

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
