import type { ByteString } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Scope } from "../scope.ts";
import { type PerlProcess, startPerl } from "./process.ts";

/**
 * Perl code that the coprocess evaluates. `$$1` stands for the first group of a dynamic replacement string.
 *
 * All expressions of one yonder share one perl, started for the first that needs it: they share variables too.
 */
export function inPerl(
  code: ByteString,
  groups: readonly ByteString[] = [],
): (value: ByteString, scope: Scope) => ByteString {
  const id = String(++definitions);
  const usesTotal = /total_jobs/.test(code);
  let defined = false;
  return (value, scope) => {
    const perl = thePerl(code, scope.context.slots);
    if (!defined) perl.send(["define", id, withGroups(code, id), ...groups]);
    defined = true;
    const { seq, slot } = scope.context;
    const total = usesTotal ? scope.context.total() : "";
    const answer = perl.ask(["evaluate", id, value, ...[seq, slot, total].map(String), ...scope.args]);
    return resultOf(answer, code, scope);
  };
}

let definitions = 0;
let shared: PerlProcess | undefined;

function thePerl(code: ByteString, slots: number): PerlProcess {
  shared ??= startPerl(slots);
  if (shared !== undefined) return shared;
  throw new YonderError("UNSUPPORTED", {
    message: `the perl expression ${code.trim()} needs perl, which is not installed here`,
    remedy: "install perl, or write the expression in JavaScript: {@ _.toUpperCase() @}",
  });
}

/**
 * Perl's own variables in place of $$1, $$2, ...: they work in code, strings and regular expressions alike. Their names
 * are of letters, since any other character may be a delimiter there.
 */
function withGroups(code: ByteString, id: string): ByteString {
  return code.replace(/\$\$(\d+)/g, (_match, number) => `\${yonder${id}_${number}}`);
}

function resultOf(answer: readonly ByteString[], code: ByteString, scope: Scope): ByteString {
  const [kind, detail = "", value = ""] = answer;
  if (kind === "error") throw new YonderError("TEMPLATE", { message: `Cannot use ${code}: ${detail}` });
  if (kind === "die") throw new YonderError("TEMPLATE", { message: detail.trimEnd() });
  if (detail.includes("u")) scope.unquoted = true;
  if (detail.includes("s")) scope.skipped = true;
  return value;
}
