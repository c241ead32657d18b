import { YonderError } from "../../interface/errors.ts";
import { optionHelp, topicHelp, topicNames } from "../../options/help/help.ts";
import { overview } from "../../options/help/overview.ts";
import type { CommandHelp } from "../command-help.ts";
import type { CommandIo } from "./io.ts";

/** Commands that run others have all options there are. */
const RUNNING: ReadonlyMap<string, string> = new Map([
  ["run", overview("yonder")],
  ["submit", overview("yonder")],
  ["parallel", overview("parallel")],
]);

/** `yonder help`, `yonder help TOPIC`, `yonder help COMMAND`, `yonder help --OPTION`. Not parsed as other commands are: an option is a word here. */
export async function run(args: readonly string[], io: CommandIo, helpOf: CommandHelp): Promise<number> {
  const word = args[0];
  io.write(word === undefined || word === "--help" ? overview("yonder") : await helpOn(word, io, helpOf));
  return 0;
}

async function helpOn(word: string, io: CommandIo, helpOf: CommandHelp): Promise<string> {
  const text = topicHelp(word) ?? RUNNING.get(word) ?? (await helpOf(word, io)) ?? optionHelp(word);
  if (text !== undefined) return text;
  throw new YonderError("USAGE", {
    message: `there is no help on "${word}"`,
    remedy: `name an option, a command or one of ${topicNames().join(", ")}`,
    exitCode: 2,
  });
}
