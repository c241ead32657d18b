import { YonderError } from "../../interface/errors.ts";
import { takesValue } from "../help/spelling.ts";
import type { OptionRow } from "../table/row.ts";
import { optionTable } from "../table/table.ts";
import { bashCompletion } from "./completion-bash.ts";
import { fishCompletion } from "./completion-fish.ts";
import type { CompletionOption } from "./completion-words.ts";
import { zshCompletion } from "./completion-zsh.ts";

/** Completion code for the names yonder, parallel and sem. "auto": the shell that `$SHELL` names. */
export function completionScript(shell: string, shellVariable: string | undefined): string {
  const wanted = shell === "auto" ? (shellVariable ?? "").replace(/^.*\//, "") : shell;
  if (wanted === "bash") return bashCompletion(completionOptions());
  if (wanted === "zsh") return zshCompletion(completionOptions());
  if (wanted === "fish") return fishCompletion(completionOptions());
  throw new YonderError("USAGE", {
    message: `There is no completion for the shell '${wanted}'.`,
    remedy: "name one of bash, zsh, fish",
  });
}

function completionOptions(): CompletionOption[] {
  return optionTable
    .filter((row) => !row.hidden)
    .map((row) => ({
      names: [row.name, ...(row.aliases ?? [])],
      help: row.help,
      value: takesValue(row) ? valueType(row) : undefined,
      words: row.values ?? [],
      repeatable: row.repeatable === true,
      own: row.own === true,
    }));
}

function valueType({ valueName = "" }: OptionRow): CompletionOption["value"] {
  if (valueName === "[N/]HOST" || valueName === "FILE|NAME") return "host";
  if (valueName === "FILE" || valueName === "FILE=NAME") return "file";
  return valueName === "DIR" ? "directory" : "other";
}
