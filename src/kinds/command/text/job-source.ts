import { rmSync } from "node:fs";
import type { ByteString } from "../../../bytes/bytes.ts";
import { encodeText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import type { Options } from "../../../options/options.ts";
import { shellQuoteTimes } from "../../../template/quote.ts";
import { openTmux, type Tmux } from "./tmux.ts";
import { inDirectory } from "./workdir.ts";

/** The file where env_parallel put what jobs are to find in their shell; it is ours to remove. See share/shell/. */
export const SHELL_STATE_VARIABLE = "YONDER_SHELL_STATE";

/** Makes what the shell gets from the command that people are shown. */
export interface JobSource {
  of(command: ByteString, directory: ByteString | undefined): ByteString;
  close(): void;
}

/** Takes what is for us alone out of `env`. */
export function openJobSource(options: Options, shell: string, env: NodeJS.ProcessEnv): JobSource {
  const state = env[SHELL_STATE_VARIABLE];
  delete env[SHELL_STATE_VARIABLE];
  let tmux: Tmux | undefined;
  if ((options.tmux || options.tmuxpane) && !options.dryRun) tmux = openTmux(options, shell);
  return {
    of(command, directory) {
      let source = command;
      if (options.shellQuote > 0) source = printed(shellQuoteTimes(command, options.shellQuote));
      if (state !== undefined) source = withShellState(encodeText(state), source);
      if (tmux !== undefined) source = tmux.wrap(source, command);
      return directory === undefined ? source : inDirectory(directory, source);
    },
    close() {
      tmux?.close();
      if (state !== undefined) rmSync(state, { force: true });
    },
  };
}

/** --shellquote: the job is to print its own command. */
function printed(text: ByteString): ByteString {
  return `printf '%s\\n' ${quoteWord(text)}`;
}

/** Aliases count from the next line that the shell reads, which is what eval does. */
function withShellState(path: ByteString, source: ByteString): ByteString {
  return `. ${quoteWord(path)}\neval ${quoteWord(source)}`;
}
