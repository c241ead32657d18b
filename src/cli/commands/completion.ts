import { completionScript } from "../../options/generate/completion.ts";
import type { CommandHelp } from "../command-help.ts";
import { parseCommand } from "./command-line.ts";
import type { CommandIo } from "./io.ts";

const HELP = `usage: yonder completion bash|zsh|fish|auto
       yonder completion --words [WORD ...]

Prints completion code for the names yonder, parallel and sem; auto: for the shell that $SHELL names.

  bash   . <(yonder completion bash)                in ~/.bashrc
  zsh    yonder completion zsh > _yonder            in a directory of $fpath
  fish   yonder completion fish > ~/.config/fish/completions/yonder.fish

--words prints what may stand in place of the last WORD of a command line, without its first word: what the scripts ask for.
`;

export async function run(args: readonly string[], io: CommandIo, helpOf: CommandHelp): Promise<number> {
  if (args[0] === "--words") {
    const { candidates } = await import("../completion-words.ts");
    for (const word of await candidates(args.slice(1), io, helpOf)) io.write(`${word}\n`);
    return 0;
  }
  const line = parseCommand({ help: HELP, options: {}, words: [1, 1] }, args, io);
  if (line !== undefined) io.write(completionScript(line.words[0]!, io.env["SHELL"]));
  return 0;
}
