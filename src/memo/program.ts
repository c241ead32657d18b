import { statSync } from "node:fs";
import { join } from "node:path";
import { type ByteString, bufferOf, encodeText } from "../bytes/bytes.ts";
import { type KeyPart, keyPart } from "./key.ts";

/**
 * The program that a word names, as $PATH has it: by path, size and time, for programs are large, and change when they are
 * installed. An exported function of bash counts by its text; what is built into the shell by its name.
 *
 * @param word without a slash
 */
export function programPart(word: ByteString, env: NodeJS.ProcessEnv): KeyPart {
  const name = `program ${word}`;
  const text = env[`BASH_FUNC_${word}%%`];
  if (text !== undefined) return keyPart(name, text);
  for (const directory of (env["PATH"] ?? "").split(":")) {
    const path = join(encodeText(directory || "."), word);
    try {
      const stat = statSync(bufferOf(path), { throwIfNoEntry: false, bigint: true });
      if (stat?.isFile() && (stat.mode & 0o111n) !== 0n) {
        return keyPart(name, `${path}\n${stat.size}\n${stat.mtimeNs}`);
      }
    } catch {
      // Not a directory, or not ours to look into.
    }
  }
  return keyPart(name, undefined);
}
