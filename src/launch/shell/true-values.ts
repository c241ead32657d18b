import { readFileSync } from "node:fs";
import { type ByteString, bytesOf, decodeText } from "../../bytes/bytes.ts";

/**
 * The variables of this process whose values are no text, by their names: Node reads its environment as UTF-8 and has
 * replaced what is none, but the kernel still has the bytes. Those that have been changed meanwhile are left out.
 */
export function trueValues(env: NodeJS.ProcessEnv): ReadonlyMap<string, ByteString> {
  const values = new Map<string, ByteString>();
  if (!Object.values(env).some((value) => value?.includes("\ufffd"))) return values;
  try {
    for (const entry of bytesOf(readFileSync("/proc/self/environ")).split("\0")) {
      const equals = entry.indexOf("=");
      const [name, value] = [decodeText(entry.slice(0, equals)), entry.slice(equals + 1)];
      if (env[name]?.includes("\ufffd") && decodeText(value) === env[name]) values.set(name, value);
    }
  } catch {
    // Not Linux: the replaced text is the best there is.
  }
  return values;
}
