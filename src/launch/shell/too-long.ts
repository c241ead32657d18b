import type { ByteString } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import type { AttemptSpec } from "../../interface/launcher.ts";
import type { CommandKind } from "./classify.ts";

/** Linux takes no longer argument, with the NUL that ends it (MAX_ARG_STRLEN). */
const ARGUMENT_BYTES_MAX = 131_072;
/** Of the command that people are told; GNU parallel shows as much. */
const SHOWN = 50;
/** What shells give for a program that cannot be run. */
const CANNOT_RUN = 126;

/**
 * Shell source that says that a command is too long for the system, and fails as the shell would; undefined where it is not.
 * The shell's own words would be those of a line that nobody has written.
 */
export function tooLong({ command, env }: AttemptSpec, kind: CommandKind): ByteString | undefined {
  if (process.platform !== "linux" || command.length < ARGUMENT_BYTES_MAX) return undefined;
  const isWhole = kind === "shell";
  const bytes = isWhole
    ? command.length
    : command.split(" ").reduce((most, word) => Math.max(most, word.length), 0);
  if (bytes < ARGUMENT_BYTES_MAX) return undefined;
  const seq = env.find(([name]) => name === "PARALLEL_SEQ")?.[1];
  const what = isWhole ? "its command" : "an argument of its command";
  const said =
    `yonder: COMMAND_TOO_LONG: task ${seq} (${command.slice(0, SHOWN)}...): ${what} has ${bytes} bytes, and the system takes ` +
    `${ARGUMENT_BYTES_MAX - 1}. Give it to the job on its standard input (--pipe), or in a file.`;
  return `(printf '%s\\n' ${quoteWord(said)} >&2; exit ${CANNOT_RUN})`;
}
