import { completionScript } from "../../options/generate/completion.ts";
import { parseCommand } from "./command-line.ts";
import type { CommandIo } from "./io.ts";

const HELP = `usage: yonder completion bash|zsh|fish|auto

Prints completion code for the names yonder, parallel and sem; auto: for the shell that $SHELL names.

  bash   . <(yonder completion bash)                in ~/.bashrc
  zsh    yonder completion zsh > _yonder            in a directory of $fpath
  fish   yonder completion fish > ~/.config/fish/completions/yonder.fish
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: {}, words: [1, 1] }, args, io);
  if (line !== undefined) io.write(completionScript(line.words[0]!, io.env["SHELL"]));
  return 0;
}
