import type { ByteString } from "../../../bytes/bytes.ts";
import type { Scope } from "../../scope.ts";
import { NotNative } from "./cursor.ts";
import { parseCondition, parseProgram } from "./parse.ts";
import { type Environment, isTrue, toText } from "./values.ts";

/** Undefined: this value is for perl. */
export type NativePerl = (value: ByteString, scope: Scope) => ByteString | undefined;

/**
 * Perl code as JavaScript, for the forms that people write most: s/// y/// and matches, assignments to $_ with
 * arithmetic and string operators, comparisons, uc lc substr sprintf and their like, and GNU parallel's own functions.
 *
 * Only what is certain to give perl's result. Everything else is undefined: code that is not understood here, when it
 * is compiled; numbers and the like that the two languages may show differently, when a value comes to that.
 */
export function compileNative(code: ByteString, groups: readonly ByteString[] = []): NativePerl | undefined {
  const program = orUndefined(() => parseProgram(code, groups));
  if (program === undefined) return undefined;
  return (value, scope) =>
    orUndefined(() => {
      const environment: Environment = { topic: value, scope, match: undefined };
      program(environment);
      return toText(environment.topic);
    });
}

/** A condition, likewise: one expression, whose value is true or not. */
export function compileNativeCondition(
  code: ByteString,
): ((scope: Scope) => boolean | undefined) | undefined {
  const condition = orUndefined(() => parseCondition(code));
  if (condition === undefined) return undefined;
  return (scope) => orUndefined(() => isTrue(condition({ topic: "", scope, match: undefined })));
}

function orUndefined<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (cause) {
    if (cause instanceof NotNative) return undefined;
    throw cause;
  }
}
