import type { ByteString } from "../bytes/bytes.ts";
import { shellWords } from "../bytes/shell-words.ts";

const SPECIAL = /'[^']*'|\\.|(?<![^\s])~(?=\/)|\$\{(\w+)\}|\$(\w+)/gs;

/**
 * The words of an ssh command: quotes and backslashes as in a shell, and of all that a shell would replace `~/` and
 * variables, which take the place of no more than one word. undefined where a quote is not closed.
 */
export function commandWords(
  text: ByteString,
  env: Readonly<Record<string, ByteString | undefined>>,
): ByteString[] | undefined {
  return shellWords(
    text.replace(SPECIAL, (found, braced?: string, plain?: string) => {
      const name = found === "~" ? "HOME" : (braced ?? plain);
      return name === undefined ? found : literally(env[name] ?? "");
    }),
  );
}

/** Means itself within double quotes and without. */
function literally(value: ByteString): ByteString {
  return value.replace(/./gs, "\\$&");
}
