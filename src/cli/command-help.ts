import type { CommandIo } from "./commands/io.ts";

type Command = (args: string[], io: CommandIo) => Promise<number>;

/** What a command says of itself when it is asked by --help; undefined where there is no command of that name. */
export type CommandHelp = (name: string, io: CommandIo) => Promise<string | undefined>;

/** @param find loads a command by its name */
export function commandHelp(find: (name: string) => Promise<Command | undefined>): CommandHelp {
  return async (name, io) => {
    const run = await find(name);
    if (run === undefined) return undefined;
    let text = "";
    const write = (content: string | Buffer): void => {
      text += content.toString();
    };
    await run(["--help"], { ...io, write });
    return text;
  };
}
