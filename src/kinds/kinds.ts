import type { OpenKind } from "../driver/open-kind.ts";
import type { CommandGiven } from "./command/open-command-kind.ts";
import type { FunctionGiven } from "./function/open-function-kind.ts";

/** Every kind of task, by its word, and what a task of it is made of. To add one: its folder, and a line here and below. */
export interface Kinds {
  readonly command: CommandGiven;
  readonly function: FunctionGiven;
}

/** A folder is read when the first task of its kind comes. */
export const KINDS: { readonly [K in keyof Kinds]: () => Promise<OpenKind<Kinds[K]>> } = {
  command: async () => (await import("./command/open-command-kind.ts")).openCommandKind,
  function: async () => (await import("./function/open-function-kind.ts")).openFunctionKind,
};
