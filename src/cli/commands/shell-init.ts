import { existsSync, readFileSync } from "node:fs";
import { YonderError } from "../../interface/errors.ts";
import { parseCommand } from "./command-line.ts";
import type { CommandIo } from "./io.ts";

const HELP = `usage: yonder shell-init bash|zsh|sh|fish

Prints the functions env_parallel, parset and env_parset (fish: env_parallel) for a shell. dash, ash and ksh take sh.

  bash, zsh   . <(yonder shell-init bash)
  sh          eval "$(yonder shell-init sh)"
  fish        yonder shell-init fish | source

env_parallel runs jobs that know the aliases, functions, arrays and variables of the shell. parset NAME ... sets
variables to the outputs of jobs.
`;

const FILES: Readonly<Record<string, string>> = {
  bash: "env_parallel.bash",
  zsh: "env_parallel.zsh",
  sh: "env_parallel.sh",
  dash: "env_parallel.sh",
  ash: "env_parallel.sh",
  ksh: "env_parallel.sh",
  mksh: "env_parallel.sh",
  fish: "env_parallel.fish",
};

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: {}, words: [1, 1] }, args, io);
  if (line === undefined) return 0;
  const shell = line.words[0]!;
  const file = Object.hasOwn(FILES, shell) ? FILES[shell] : undefined;
  if (file === undefined) {
    throw new YonderError("USAGE", {
      message: `there are no functions for the shell "${shell}"`,
      remedy: `name one of ${Object.keys(FILES).join(", ")}`,
      exitCode: 2,
    });
  }
  io.write(readFileSync(placeOf(file)));
  return 0;
}

/** Beside dist/ in a package, and at the root of the repository when the source runs. */
function placeOf(file: string): URL {
  const places = ["../share/shell/", "../../../share/shell/"].map(
    (folder) => new URL(folder + file, import.meta.url),
  );
  return places.find((place) => existsSync(place)) ?? places[0]!;
}
