import { dashed } from "../help/spelling.ts";
import {
  ASKING_SUBCOMMANDS,
  type CompletionOption,
  FILE_SUBCOMMANDS,
  RUNNING_SUBCOMMANDS,
  SUBCOMMANDS,
} from "./completion-words.ts";

/** Options with their help, then whatever zsh completes for the command behind them. */
export function zshCompletion(options: readonly CompletionOption[]): string {
  const commands = Object.entries(SUBCOMMANDS).map(([name, help]) => quote(`${name}:${help}`));
  return `#compdef yonder parallel sem
# zsh completion of yonder, parallel and sem
_yonder_ask() {
  local -a found
  found=(\${(f)"$(yonder completion --words "$@" 2>/dev/null)"})
  (( $#found )) && compadd -a found
}
_yonder_hosts() { _yonder_ask run -S "$PREFIX" || _files; }
_comp_parallel() {
  local -a options commands
  options=(
${options
  .filter(({ own }) => !own)
  .flatMap(specs)
  .map((spec) => `    ${spec}`)
  .join("\n")}
  )
  if [[ \${words[1]:t} == yonder ]]; then
    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
      commands=(${commands.join(" ")})
      _describe command commands
      _command_names -e
      return
    fi
    options+=(
${options
  .filter(({ own }) => own)
  .flatMap(specs)
  .map((spec) => `      ${spec}`)
  .join("\n")}
    )
    if [[ \${words[2]} == (${ASKING_SUBCOMMANDS.join("|")}) ]]; then
      _yonder_ask "\${(@)words[2,CURRENT]}" || _files
      return
    fi
    if [[ \${words[2]} == (${FILE_SUBCOMMANDS.join("|")}) ]]; then
      _files
      return
    fi
    if [[ \${words[2]} == (${RUNNING_SUBCOMMANDS.join("|")}) ]]; then
      shift words
      (( CURRENT-- ))
    fi
  fi
  _arguments -s -S $options '(-)1:command:_command_names -e' '*::arguments:_normal'
}
compdef _comp_parallel yonder parallel sem
`;
}

function specs(option: CompletionOption): string[] {
  const help = option.help.replace(/[[\]\\:]/g, "\\$&");
  const again = option.repeatable ? "*" : "";
  const value = {
    file: ":file:_files",
    directory: ":directory:_files -/",
    host: ":host:_yonder_hosts",
    other: ":value:",
  };
  const words = option.words.length > 0 ? `:value:(${option.words.join(" ")})` : undefined;
  return option.names.map((name) => {
    const attached = option.value === undefined ? "" : name.length === 1 ? "+" : "=";
    const action = option.value === undefined ? "" : (words ?? value[option.value]);
    return quote(`${again}${dashed(name)}${attached}[${help}]${action}`);
  });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
