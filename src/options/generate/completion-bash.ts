import { dashed } from "../help/spelling.ts";
import {
  ASKING_SUBCOMMANDS,
  type CompletionOption,
  FILE_SUBCOMMANDS,
  RUNNING_SUBCOMMANDS,
  SUBCOMMANDS,
} from "./completion-words.ts";

/** Options before the command, then what bash completes for that command, then files. */
export function bashCompletion(options: readonly CompletionOption[]): string {
  const spelled = (list: readonly CompletionOption[]): string[] =>
    list.flatMap(({ names }) => names.map(dashed));
  const words = (list: readonly CompletionOption[]): string => spelled(list).join(" ");
  const valued = (...types: CompletionOption["value"][]): string =>
    spelled(options.filter(({ value }) => types.includes(value))).join("|");
  const known = options
    .filter((option) => option.words.length > 0)
    .map((option) => {
      const answer = `COMPREPLY=($(compgen -W '${option.words.join(" ")}' -- "$cur")); return;;`;
      return `    ${spelled([option]).join("|")}) ${answer}`;
    });
  return `# bash completion of yonder, parallel and sem
_yonder_ask() { COMPREPLY=($(yonder completion --words "$@" 2>/dev/null)); }
_yonder() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} i word
  COMPREPLY=()
  local first=1
  if [[ \${COMP_WORDS[0]##*/} == yonder ]]; then
    if (( COMP_CWORD == 1 )) && [[ $cur != -* ]]; then
      COMPREPLY=($(compgen -W '${Object.keys(SUBCOMMANDS).join(" ")}' -- "$cur") $(compgen -c -- "$cur"))
      return
    fi
    case \${COMP_WORDS[1]} in
      ${RUNNING_SUBCOMMANDS.join("|")}) first=2;;
      ${FILE_SUBCOMMANDS.join("|")}) compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); return;;
      ${ASKING_SUBCOMMANDS.join("|")})
        _yonder_ask "\${COMP_WORDS[@]:1:COMP_CWORD}"
        (( \${#COMPREPLY[@]} )) || compopt -o default
        return;;
    esac
  fi
  # Where the command begins, if it does before the cursor.
  for (( i = first; i < COMP_CWORD; i++ )); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${valued("file", "directory", "host", "other")}) (( i++ ));;
      -*) ;;
      *) break;;
    esac
  done
  if (( i < COMP_CWORD )); then
    if declare -F _command_offset >/dev/null; then _command_offset "$i"; else compopt -o default; fi
    return
  fi
  case $prev in
    ${valued("file")}) compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); return;;
    ${valued("directory")}) compopt -o filenames; COMPREPLY=($(compgen -d -- "$cur")); return;;
    ${valued("host")})
      _yonder_ask run "$prev" "$cur"
      (( \${#COMPREPLY[@]} )) || { compopt -o filenames; COMPREPLY=($(compgen -f -- "$cur")); }
      return;;
${known.join("\n")}
    ${valued("other")}) return;;
  esac
  case $cur in
    -*)
      local names='${words(options.filter(({ own }) => !own))}'
      [[ \${COMP_WORDS[0]##*/} == yonder ]] && names+=' ${words(options.filter(({ own }) => own))}'
      COMPREPLY=($(compgen -W "$names" -- "$cur"));;
    *) COMPREPLY=($(compgen -c -- "$cur"));;
  esac
}
complete -F _yonder yonder parallel sem
`;
}
