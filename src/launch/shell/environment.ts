import { readFileSync } from "node:fs";
import { type ByteString, bytesOf } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";

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
  const variables: Record<string, string> = {};
  const functions = new Set<string>();
  let hasOddNames = false;
  let damaged = false;
  for (const [name, value = ""] of Object.entries(env)) {
    variables[name] = value;
    damaged ||= value.includes("\ufffd");
    hasOddNames ||= !IDENTIFIER.test(name);
    const exported = /^BASH_FUNC_(.*)(?:%%|\(\))$/.exec(name)?.[1];
    if (exported !== undefined) functions.add(exported);
  }
  return { variables, exports: damaged ? trueValues(env) : "", functions, hasOddNames };
}

/** Node reads its environment as UTF-8; the kernel still has the bytes. */
function trueValues(env: NodeJS.ProcessEnv): ByteString {
  let exports = "";
  try {
    for (const entry of bytesOf(readFileSync("/proc/self/environ")).split("\0")) {
      const equals = entry.indexOf("=");
      const name = entry.slice(0, equals);
      if (!IDENTIFIER.test(name) || !env[name]?.includes("\ufffd")) continue;
      exports += `export ${name}=${quoteWord(entry.slice(equals + 1))}\n`;
    }
  } catch {
    // Not Linux: the replaced text is the best there is.
  }
  return exports;
}
