import { type CompletionOption, SUBCOMMANDS } from "./completion.ts";

export function fishCompletion(options: readonly CompletionOption[]): string {
  return `# fish completion of yonder, parallel and sem
${Object.entries(SUBCOMMANDS)
  .map(([name, help]) => `complete -c yonder -n __fish_use_subcommand -a ${name} -d ${quote(help)}`)
  .join("\n")}
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

function flags({ names, help, value }: CompletionOption): string {
  const spelled = names.map((name) => (name.length === 1 ? `-s ${name}` : `-l ${name}`)).join(" ");
  const takes = { file: " -r -F", directory: " -x -a '(__fish_complete_directories)'", other: " -x" };
  return `${spelled}${value === undefined ? "" : takes[value]} -d ${quote(help)}`;
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
