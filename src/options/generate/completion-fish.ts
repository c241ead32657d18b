import { ASKING_SUBCOMMANDS, type CompletionOption, SUBCOMMANDS } from "./completion-words.ts";

export function fishCompletion(options: readonly CompletionOption[]): string {
  return `# fish completion of yonder, parallel and sem
function __yonder_ask
    yonder completion --words $argv 2>/dev/null
end
${Object.entries(SUBCOMMANDS)
  .map(([name, help]) => `complete -c yonder -n __fish_use_subcommand -a ${name} -d ${quote(help)}`)
  .join("\n")}
complete -c yonder -n '__fish_seen_subcommand_from ${ASKING_SUBCOMMANDS.join(" ")}' -a '(__yonder_ask (commandline -opc)[2..-1] (commandline -ct))'
for program in yonder parallel sem
    complete -c $program -a '(__fish_complete_subcommand)'
${options
  .filter(({ own }) => !own)
  .map((option) => `    complete -c $program ${flags(option)}`)
  .join("\n")}
end
${options
  .filter(({ own }) => own)
  .map((option) => `complete -c yonder ${flags(option)}`)
  .join("\n")}
`;
}

function flags(option: CompletionOption): string {
  const { names, help, value } = option;
  const spelled = names.map((name) => (name.length === 1 ? `-s ${name}` : `-l ${name}`)).join(" ");
  const takes = {
    file: " -r -F",
    directory: " -x -a '(__fish_complete_directories)'",
    host: " -x -a '(__yonder_ask run -S (commandline -ct))'",
    other: " -x",
  };
  const words = option.words.length > 0 ? ` -x -a '${option.words.join(" ")}'` : undefined;
  return `${spelled}${value === undefined ? "" : (words ?? takes[value])} -d ${quote(help)}`;
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
