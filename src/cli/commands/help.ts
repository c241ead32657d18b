import { YonderError } from "../../interface/errors.ts";
import { optionHelp, topicHelp, topicNames } from "../../options/help/help.ts";
import { overview } from "../../options/help/overview.ts";
import type { CommandIo } from "./io.ts";

/** `yonder help`, `yonder help TOPIC`, `yonder help --OPTION`. Not parsed as other commands are: an option is a word here. */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const word = args[0];
  io.write(word === undefined || word === "--help" ? overview("yonder") : helpOn(word));
  return 0;
}

function helpOn(word: string): string {
  const text = topicHelp(word) ?? optionHelp(word);
  if (text !== undefined) return text;
  throw new YonderError("USAGE", {
    message: `there is no help on "${word}"`,
    remedy: `name an option or one of ${topicNames().join(", ")}`,
    exitCode: 2,
  });
}
