import { YonderError } from "../../interface/errors.ts";
import type { Given } from "../given.ts";
import type { MemoOptions } from "../options.ts";

/** What a remembered result cannot give, or nobody can know to be the same. */
const CONFLICTS: Readonly<Record<string, string>> = {
  pipe: "its jobs read data that has no name",
  "pipe-part": "its jobs read data that has no name",
  ungroup: "what jobs write by themselves cannot be remembered",
  tty: "what jobs do at a terminal cannot be remembered",
  "open-tty": "what jobs do at a terminal cannot be remembered",
  interactive: "a job that is reused is not asked about",
  tmux: "what jobs write in tmux cannot be remembered",
  tmuxpane: "what jobs write in tmux cannot be remembered",
  template: "its files have other names each time",
  "retry-failed": "it has only the commands of the jobs, not their inputs",
  semaphore: "a semaphore runs one command, and runs it",
};

export function memoOptions(given: Given): MemoOptions {
  const memo = given.flag("memo");
  const more = ["memo-input", "memo-env", "memo-version"].find((name) => given.flag(name));
  if (more !== undefined && !memo) {
    throw new YonderError("USAGE", {
      message: `--${more} says what --memo goes by, and there is no --memo.`,
      remedy: "add --memo",
    });
  }
  for (const [name, reason] of Object.entries(CONFLICTS)) {
    if (!memo || !given.flag(name)) continue;
    throw new YonderError("USAGE", {
      message: `--memo cannot be combined with --${name}: ${reason}.`,
      remedy: `leave out one of the two`,
    });
  }
  return {
    memo,
    memoInput: given.all("memo-input"),
    memoEnv: given.all("memo-env").flatMap((names) => names.split(",")),
    memoVersion: given.last("memo-version"),
  };
}
