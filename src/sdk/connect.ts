import { YonderError } from "../interface/errors.ts";
import { callHere } from "../launch/thread/context.ts";
import { isHost } from "../launch/thread/is-host.ts";
import { rethrownAt } from "../stacks/as-called.ts";
import { callSite } from "../stacks/call-site.ts";
import type { ConnectOptions } from "./connect-options.ts";
import type { Yonder } from "./yonder.ts";

/**
 * Gets this machine ready to run tasks, or those that `target` names: `ssh://8/alice,bob,:` is eight threads on the host
 * alice, as many as it has cores on bob, and this machine. They need a Node of 24.2 or newer and nothing else of yonder.
 * Threads start when they are first needed. Close it, best by `await using`: that waits for every task.
 *
 * @param target machines, or the options
 * @throws YonderError HOST where none of the machines can be used (where only some can, it says so on standard error); OUTPUT
 *   where the trace cannot be written; USAGE for an option that is unknown or has no sense, and in a worker, see the guide:
 *   "Where functions must live"
 */
export function connect(target: string | ConnectOptions = {}, more: ConnectOptions = {}): Promise<Yonder> {
  return opened(target, more).catch(rethrownAt(callSite(connect)));
}

/** A worker loads the package as well, for the marks of its functions: what only the program needs is loaded here. */
async function opened(target: string | ConnectOptions, more: ConnectOptions): Promise<Yonder> {
  refuseInHost();
  const { openYonder } = await import("./open.ts");
  return openYonder(target, more);
}

/** A worker that loads a program's main module would run the program again, and that would connect again. */
function refuseInHost(): void {
  if (!isHost()) return;
  const running = callHere();
  if (running !== undefined) {
    throw new YonderError("USAGE", {
      message: `connect() was called by task ${running.task}, and tasks do not start jobs`,
      remedy: "return what is to be run, and run it in the program that has connected",
    });
  }
  throw new YonderError("USAGE", {
    message: "connect() was called by a worker, while it loads the module of a task",
    remedy: "put the program's own part under if (import.meta.main), or the tasks into a module of their own",
  });
}
