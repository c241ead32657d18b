/** Every code that a yonder error can carry. Closed, so that callers can switch on it. */
export type ErrorCode =
  | "USAGE" // the command line is wrong
  | "INPUT" // an input source cannot be read or parsed
  | "TEMPLATE" // a replacement string, perl or JavaScript expression failed
  | "COMMAND_TOO_LONG"
  | "OUTPUT" // output cannot be written
  | "JOURNAL" // a job's journal is missing, damaged or in use
  | "LAUNCH" // a slot, a thread or a process for tasks cannot be made
  | "STORE_MISSING" // no such blob, block or name
  | "STORE_CORRUPT" // bytes that are not what their CID says
  | "STORE_FULL" // no room for a blob
  | "STORE_CONFLICT" // a name has another value than was expected
  | "ARGUMENT" // an argument or a result that cannot be sent to another thread
  | "TIMEOUT" // a task took longer than it may
  | "CANCELLED" // somebody has cancelled the task, or what it needs
  | "WORKER_LOST" // the thread or process of a task has ended under it
  | "RESOURCE" // a task needs more of something than there is
  | "VALUE_LOST" // a result is gone and cannot be made again
  | "CLOSED" // the job is over and takes nothing more
  | "ACTOR_CONFLICT" // the name of an actor is taken: by one of another class, or by another program
  | "ACTOR_DEAD" // an actor has crashed more often than it may
  | "MAILBOX_FULL" // an actor has more calls to do than it may have
  | "FUNCTION" // a function or class that cannot be run elsewhere
  | "STORE_UNREACHABLE" // a store, or its directory, cannot be used
  | "NODE" // the Node that runs this is too old
  | "HOST" // a host that cannot be reached, or was lost
  | "UNSUPPORTED"; // a GNU parallel feature that yonder refuses, with what to use instead

/** An error a person is meant to read: what is wrong and where (`message`), and what to do (`remedy`). */
export class YonderError extends Error {
  /** For programs. */
  readonly code: ErrorCode;
  /** What to do about it, for people. */
  readonly remedy: string | undefined;
  /** The exit status of the command line when this error ends it. GNU parallel's is 255 for nearly all. */
  readonly exitCode: number;

  constructor(
    code: ErrorCode,
    options: { message: string; remedy?: string; exitCode?: number; cause?: unknown },
  ) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.exitCode = options.exitCode ?? 255;
  }
}

// Of all of them, so that it stands in their stacks, which are made before they have anything of their own.
Object.defineProperty(YonderError.prototype, "name", {
  value: "YonderError",
  writable: true,
  configurable: true,
});
