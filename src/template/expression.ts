import type { ByteString } from "../bytes/bytes.ts";
import type { Scope } from "./scope.ts";

/** What a replacement string means: a function from a value to what stands in its place. */
export interface Expression {
  readonly uses: Uses;
  evaluate(value: ByteString, scope: Scope): ByteString;
}

/** What has to be known before a template can be rendered. */
export interface Uses {
  /** The values: false where the command is the same for every row. */
  readonly args: boolean;
  readonly seq: boolean;
  readonly slot: boolean;
  /** total(): all input has to be read first. */
  readonly total: boolean;
}

export const usesNothing: Uses = { args: false, seq: false, slot: false, total: false };

export function unionOfUses(all: readonly Uses[]): Uses {
  return {
    args: all.some((uses) => uses.args),
    seq: all.some((uses) => uses.seq),
    slot: all.some((uses) => uses.slot),
    total: all.some((uses) => uses.total),
  };
}

/** An expression of the value alone. */
export function ofValue(evaluate: (value: ByteString) => ByteString): Expression {
  return { uses: { ...usesNothing, args: true }, evaluate };
}

/** An expression of the task alone, whatever its values. */
export function ofTask(uses: Partial<Uses>, evaluate: (scope: Scope) => ByteString): Expression {
  return { uses: { ...usesNothing, ...uses }, evaluate: (_value, scope) => evaluate(scope) };
}
