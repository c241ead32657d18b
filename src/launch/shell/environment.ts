import type { ByteString } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import { trueValues } from "./true-values.ts";

const IDENTIFIER = /^[A-Za-z_]\w*$/;

export interface JobEnvironment {
  /** For child_process: text, where Node has replaced what is not UTF-8. */
  readonly variables: Record<string, string>;
  /** Shell source that gives the variables with other bytes their true values. */
  readonly exports: ByteString;
  /** Names of functions exported by bash. */
  readonly functions: ReadonlySet<string>;
  /** True where a variable's name is no identifier (bash's exported functions): dash would drop it. */
  readonly hasOddNames: boolean;
}

export function jobEnvironment(env: NodeJS.ProcessEnv): JobEnvironment {
  // Names are data: one is not to be the prototype.
  const variables: Record<string, string> = Object.create(null);
  const functions = new Set<string>();
  let hasOddNames = false;
  for (const [name, value = ""] of Object.entries(env)) {
    variables[name] = value;
    hasOddNames ||= !IDENTIFIER.test(name);
    const exported = /^BASH_FUNC_(.*)(?:%%|\(\))$/.exec(name)?.[1];
    if (exported !== undefined) functions.add(exported);
  }
  return { variables, exports: exportsOf(trueValues(env)), functions, hasOddNames };
}

function exportsOf(values: ReadonlyMap<string, ByteString>): ByteString {
  let exports = "";
  for (const [name, value] of values) {
    if (IDENTIFIER.test(name)) exports += `export ${name}=${quoteWord(value)}\n`;
  }
  return exports;
}
