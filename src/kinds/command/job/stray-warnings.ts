import type { ByteString } from "../../../bytes/bytes.ts";
import type { CommandLine } from "../../../options/parse.ts";
import { type Stray, strays } from "../../../template/stray.ts";
import { replacementOf } from "../text/templates.ts";

/** What a command line says that can hardly be meant: GNU parallel runs it without a word, and so do we under its name. */
export function strayWarnings(line: CommandLine, names: readonly ByteString[]): readonly ByteString[] {
  const { options, command } = line;
  if (options.pipe || options.pipePart || options.semaphore || options.nonall) return [];
  const found = strays(command.join(" "), replacementOf(options, names), valueCount(line, names));
  return found.map((stray) => textOf(stray, names));
}

/** How many values each task has, where the command line alone decides it. */
function valueCount({ options, sources }: CommandLine, names: readonly ByteString[]): number | undefined {
  const { maxArgs, maxReplaceArgs, maxLines, contextReplace, multipleArgs, xargs, maxChars } = options;
  const isPacked = (maxArgs ?? maxReplaceArgs ?? maxLines ?? maxChars) !== undefined;
  if (isPacked || contextReplace || multipleArgs || xargs || options.retryFailed) return undefined;
  if (options.header !== undefined) return names.length > 0 ? names.length : undefined;
  return options.colsep === undefined && !options.csv ? Math.max(1, sources.length) : undefined;
}

function textOf(stray: Stray, names: readonly ByteString[]): ByteString {
  switch (stray.type) {
    case "name":
      return `${stray.text} stays as it is: the columns are ${names.join(", ")}`;
    case "plus":
      return `${stray.text} stays as it is without --plus`;
    case "position":
      return `{${stray.position}} is empty: there is no such input`;
  }
}
