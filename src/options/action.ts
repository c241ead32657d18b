import type { Given } from "./given.ts";

/** What the command line asks for besides running jobs. */
export type Action =
  | { readonly type: "run" }
  | { readonly type: "help" | "version" | "session" | "recordEnv" | "maxLineLength" }
  | { readonly type: "minversion"; readonly version: number }
  | { readonly type: "cpuCount"; readonly unit: "threads" | "cores" | "sockets" }
  | { readonly type: "shellCompletion"; readonly shell: string };

/** The first of these that was given, in GNU parallel's order. */
export function actionOf(given: Given): Action {
  if (given.flag("help")) return { type: "help" };
  if (given.flag("version")) return { type: "version" };
  if (given.flag("minversion")) return { type: "minversion", version: Number(given.last("minversion")) };
  if (given.flag("record-env")) return { type: "recordEnv" };
  if (given.flag("session")) return { type: "session" };
  if (given.flag("max-line-length-allowed")) return { type: "maxLineLength" };
  if (given.flag("number-of-threads")) return { type: "cpuCount", unit: "threads" };
  if (given.flag("number-of-cores") || given.flag("number-of-cpus"))
    return { type: "cpuCount", unit: "cores" };
  if (given.flag("number-of-sockets")) return { type: "cpuCount", unit: "sockets" };
  const shell = given.last("shell-completion");
  return shell === undefined ? { type: "run" } : { type: "shellCompletion", shell };
}
