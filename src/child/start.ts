import { ChildProcess, type ForkOptions, fork, type SpawnOptions, spawn } from "node:child_process";
import { PassThrough, Writable } from "node:stream";
import { StartError } from "./start-error.ts";

/**
 * Starts a process of this machine: the only way in which we become the parent of one that we do not wait for.
 *
 * `spawn` throws some failures and reports others by an event, and then the streams that its caller is about to use are not
 * there. Here a process that could not be started is one that ends at once: it has all streams that were asked for, which
 * are at their end, and no `pid`; `error` tells a StartError, and `close` follows. Nobody has to listen to either.
 */
export function startChild(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  return started(program, options, () => spawn(program, args, options));
}

/** The same for a module that node runs, with a channel for messages. */
export function forkModule(module: URL, options: ForkOptions): ChildProcess {
  return started("node", options, () => fork(module, options));
}

function started(program: string, options: SpawnOptions, start: () => ChildProcess): ChildProcess {
  let stillborn: ChildProcess;
  const tell = (cause: unknown): void => {
    stillborn.emit("error", new StartError(program, cause));
    stillborn.emit("close", null, null);
  };
  try {
    const child = start().on("error", () => {});
    if (child.pid !== undefined) return child;
    child.once("error", tell);
  } catch (cause) {
    setImmediate(tell, cause);
  }
  return (stillborn = stillbornChild(options));
}

function stillbornChild({ stdio = "pipe" }: SpawnOptions): ChildProcess {
  const kinds = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio];
  const streams = kinds.map((kind, fd) => {
    if (kind !== "pipe" && kind !== "overlapped") return null;
    return fd === 0 ? new Writable({ write: (_chunk, _encoding, done) => done() }) : new PassThrough().end();
  });
  const [stdin, stdout, stderr] = streams;
  const child = new ChildProcess().on("error", () => {});
  return Object.assign(child, { stdin, stdout, stderr, stdio: streams, send: () => false });
}
