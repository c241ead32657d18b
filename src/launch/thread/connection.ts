import { Worker } from "node:worker_threads";
import { forkModule } from "../../child/start.ts";
import { hostFile } from "./host-file.ts";
import { hostData, hostEnvironment } from "./is-host.ts";
import { ringFor } from "./mail.ts";
import { flagsForProcess, flagsForThread } from "./node-flags.ts";
import type { FromHost, ToHost } from "./protocol.ts";

/** A host as the driver sees it: a thread or a process that takes messages and sends some. */
export interface Connection<To = ToHost> {
  /**
   * @param transfer memory that is handed over, where the host is a thread
   * @throws a DataCloneError for what cannot be sent
   */
  post(message: To, transfer?: readonly ArrayBuffer[]): void;
  /** While it is in use the program stays alive for it. Once it is being ended the program does in any case. */
  use(isUsed: boolean): void;
  /** Ends it at once; `onExit` follows. */
  kill(): Promise<void>;
  /**
   * Asks for a call back that has not begun; `onReturned` follows where it had not. Missing: calls in a thread are taken back by
   * what it shares with us, and what a process was sent, it runs.
   */
  takeBack?(call: number): void;
  /** Of a process of its own; undefined for a thread. */
  readonly pid: number | undefined;
}

export interface ConnectionEvents<From = FromHost> {
  onMessage(message: From): void;
  /** A call has not begun, and will not. */
  onReturned?(call: number): void;
  /**
   * Once, at its end.
   *
   * @param why what a person can be told
   * @param begun all calls that have begun, and may have ended, where somebody knows who shares memory with it
   * @param isStillborn it has never come up: another one would not either
   */
  onExit(why: string, begun?: ReadonlySet<number>, isStillborn?: boolean): void;
}

export interface ThreadOptions {
  readonly claims: Int32Array;
  /** What the thread is given at its start, beside the claims. */
  readonly data?: object;
  /** The most that its JavaScript objects may take; node's own limit where it is missing. */
  readonly heapBytesMax?: number;
}

export function openThread<To = ToHost, From = FromHost>(
  events: ConnectionEvents<From>,
  { claims, data, heapBytesMax }: ThreadOptions,
): Connection<To> {
  const execArgv = flagsForThread(process.execArgv);
  const worker = new Worker(hostFile("worker"), {
    workerData: hostData({ ...data, claims }),
    ...(execArgv !== undefined && { execArgv }),
    stdin: false,
    // Written past our capture, by native code and the like.
    stdout: false,
    stderr: false,
    ...(heapBytesMax !== undefined && {
      resourceLimits: { maxOldGenerationSizeMb: Math.max(16, Math.ceil(heapBytesMax / 2 ** 20)) },
    }),
  });
  let why = "its thread ended";
  let isUp = false;
  worker.on("message", (message: From) => {
    isUp = true;
    events.onMessage(message);
  });
  worker.on("error", (error: NodeJS.ErrnoException) => {
    why =
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? "its thread ran out of memory"
        : `its thread failed: ${error.message}`;
  });
  worker.on("exit", (code) =>
    events.onExit(
      why === "its thread ended" ? `it called process.exit(${code})` : why,
      undefined,
      !isUp && !isEnding,
    ),
  );
  worker.unref();
  let isEnding = false;
  return {
    post(message, transfer = []) {
      worker.postMessage(message, transfer);
      ringFor(claims);
    },
    use(isUsed) {
      if (isUsed) worker.ref();
      else if (!isEnding) worker.unref();
    },
    async kill() {
      why = "its thread was ended";
      // Its end is waited for, also by a program that has nothing else to do.
      isEnding = true;
      worker.ref();
      await worker.terminate();
    },
    pid: undefined,
  };
}

export function openProcess<To extends object = ToHost, From = FromHost>(
  events: ConnectionEvents<From>,
): Connection<To> {
  const child = forkModule(hostFile("child"), {
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: flagsForProcess(process.execArgv),
    env: hostEnvironment(),
  });
  let gone = false;
  let isUp = false;
  let isEnding = false;
  const exited = Promise.withResolvers<void>();
  const exit = (why: string): void => {
    if (gone) return;
    gone = true;
    exited.resolve();
    events.onExit(why, undefined, !isUp && !isEnding);
  };
  child.on("message", (message) => {
    isUp = true;
    events.onMessage(message as From);
  });
  child.on("error", (error) => exit(`its process failed: ${error.message}`));
  child.on("exit", (code, signal) =>
    exit(signal === null ? `its process exited with ${code}` : `its process was ended by ${signal}`),
  );
  child.unref();
  child.channel?.unref();
  return {
    post: (message) => void child.send(message),
    use(isUsed) {
      if (isUsed) {
        child.ref();
        child.channel?.ref();
      } else if (!isEnding) {
        child.unref();
        child.channel?.unref();
      }
    },
    async kill() {
      isEnding = true;
      child.ref();
      child.kill("SIGKILL");
      await exited.promise;
    },
    pid: child.pid,
  };
}
