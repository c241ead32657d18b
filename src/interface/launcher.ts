import type { ByteString } from "../bytes/bytes.ts";
import type { Exit } from "./task.ts";

/** Where an attempt's standard input comes from. */
export type StdinSpec =
  | { readonly type: "null" }
  /** The driver's own standard input. */
  | { readonly type: "inherit" }
  /** A file or FIFO that the launcher opens for reading. */
  | { readonly type: "path"; readonly path: ByteString; readonly as?: DataFile }
  /** Through a pipe, what shell source prints that the slot runs beside the attempt; on this machine alone. */
  | { readonly type: "piped"; readonly source: ByteString };

/** On another host: the attempt finds the data not on its input, but by $PARALLEL_TMP in a file, or a FIFO, there. */
export type DataFile = "file" | "fifo";

/** Where an attempt's output goes. */
export type OutputSpec =
  /** The driver's own standard output and standard error, unbuffered. */
  | { readonly type: "inherit" }
  /** Two new files; the launcher creates them and fails the start if they exist. */
  | { readonly type: "files"; readonly stdout: ByteString; readonly stderr: ByteString };

/** One execution, complete: nothing else is needed to run it. */
export interface AttemptSpec {
  /** Unique in this launcher's life; fences every message about the attempt. */
  readonly id: number;
  /** 1-based. Attempts of a slot run one after the other, in the order in which they were given. */
  readonly slot: number;
  /** Shell source: what `$SHELL -c` would get. */
  readonly command: ByteString;
  /** Added to the environment of this attempt alone. */
  readonly env: readonly (readonly [name: string, value: ByteString])[];
  readonly stdin: StdinSpec;
  readonly output: OutputSpec;
  /** On another host: files that go there before it runs and come back after it. */
  readonly files?: AttemptFiles;
}

/** Paths as the person wrote them. */
export interface AttemptFiles {
  /** Where the attempt runs, on its host: absolute, or below the login directory. */
  readonly workdir: ByteString;
  /** The directory is the attempt's alone: it is removed with all that is in it. */
  readonly isOwnWorkdir: boolean;
  readonly send: readonly ByteString[];
  readonly fetch: readonly ByteString[];
  /** What was sent and fetched is removed from the host. */
  readonly cleanup: boolean;
}

export interface AttemptEnd {
  readonly id: number;
  readonly exit: Exit;
  /** Milliseconds since the epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  /** Which of its output files had bytes when it ended, where the launcher has looked. */
  readonly wrote?: Wrote;
  /** Its exit status is not 0, and counts as success (--ok). */
  readonly isOk?: true;
  /** Why nobody knows how it would have ended: its host is gone, or its session. */
  readonly lost?: string;
  /** Bytes of files that were sent to its host, and that came back. */
  readonly sentBytes?: number;
  readonly returnedBytes?: number;
  /** The slot where it ran, where that is not the one that was asked for. */
  readonly slot?: number;
  /** It has not run at all, through no fault of its own. */
  readonly unstarted?: true;
}

export interface Wrote {
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** What a launcher tells its owner; never from within a call of `start`. */
export interface LauncherEvents {
  onEnd(end: AttemptEnd): void;
  /** An attempt that had not begun was taken back by the launcher, because the one before it is slow or was signalled. */
  onReturn(id: number): void;
  /** A slot has got a process: its group is where the slot's attempts run. */
  onShell(slot: number, pid: number): void;
}

/**
 * Makes slots and runs attempts in them.
 *
 * Promises: each attempt that was started ends in exactly one of `onEnd`, `onReturn` and a `revoke` that said true. A
 * slot runs one attempt at a time and keeps those that it is given meanwhile in order.
 */
export interface Launcher {
  start(attempt: AttemptSpec): void;
  /** Sends a signal to the whole process group of a running attempt; false where it is not running (any more). */
  signal(id: number, signal: NodeJS.Signals): boolean;
  /** Takes back an attempt that has not begun to run; false where it has. */
  revoke(id: number): boolean;
  /**
   * Stops all that runs, or lets it go on. Resolves when hosts know, too: they wait for us meanwhile, however long we are
   * silent.
   */
  pause(isPaused: boolean): Promise<void>;
  /** Process ids of the slots' shells, by slot. */
  shells(): ReadonlyMap<number, number>;
  /** Ends all slots; resolves when they are gone. Attempts that still run are killed. Safe to repeat. */
  close(): Promise<void>;
}
