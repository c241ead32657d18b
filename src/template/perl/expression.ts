import type { ByteString } from "../../bytes/bytes.ts";
import type { Expression } from "../expression.ts";
import type { Computed, Scope } from "../scope.ts";
import { inPerl } from "./evaluate.ts";
import { compileNative } from "./native/native.ts";

/** A perl expression, as in {= =} and --rpl: it gets the value as $_ and leaves the result there. */
export function perlExpression(code: ByteString, groups: readonly ByteString[] = []): Expression {
  const native = compileNative(code, groups);
  const perl = inPerl(code, groups);
  const key = [code, ...groups].join("\0");
  const job = code.includes("$job");
  return {
    uses: {
      args: true,
      seq: job || /\bseq\b/.test(code),
      slot: job || /\bslot\b/.test(code),
      total: /\btotal_jobs\b/.test(code),
    },
    evaluate: (value, scope) =>
      native?.(value, scope) ?? once(`${key}\0${value}`, scope, () => perl(value, scope)),
  };
}

/** In one task, the same expression of the same value is evaluated once: "++$n" twice in a command counts once. */
function once(key: string, scope: Scope, evaluate: () => ByteString): ByteString {
  const known: Computed | undefined = scope.computed?.get(key);
  if (known !== undefined) {
    scope.unquoted = known.unquoted;
    return known.value;
  }
  const value = evaluate();
  scope.computed ??= new Map();
  scope.computed.set(key, { value, unquoted: scope.unquoted });
  return value;
}
