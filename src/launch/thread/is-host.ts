import { workerData } from "node:worker_threads";

// One mark for all copies of yonder in the thread or process.
const key = Symbol.for("yonder.host");
const marked = globalThis as { [key]?: true };

export function markHost(): void {
  marked[key] = true;
  // What it starts is none.
  delete process.env[PARENT];
}

/**
 * Whether this thread or process is one that yonder has made to run calls: also before the host's own module runs, for what
 * node runs before that (`--import` and the like) or instead of it.
 */
export function isHost(): boolean {
  return marked[key] === true || isHostData(workerData) || process.env[PARENT] === String(process.ppid);
}

/** The variable of a host's process: who has started it. Others below that one inherit it. */
const PARENT = "YONDER_HOST_OF";

export function hostEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, [PARENT]: String(process.pid) };
}

/** What a host's thread is given, with its mark. */
export function hostData(data: object): object {
  return { ...data, yonderHost: true };
}

function isHostData(data: unknown): boolean {
  return typeof data === "object" && data !== null && "yonderHost" in data;
}
