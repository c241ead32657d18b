import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";

/** What an operation on output files throws, as an error for people. */
export function outputError(cause: unknown): YonderError {
  if (cause instanceof YonderError) return cause;
  return new YonderError("OUTPUT", { message: `cannot write output: ${(cause as Error).message}`, cause });
}

/** A captured output that cannot be opened or read. */
export function unreadable(cause: NodeJS.ErrnoException): YonderError {
  return new YonderError("OUTPUT", {
    message: `cannot read the output of a task: ${cause.message}`,
    remedy: "raise the limit of open files (ulimit -n), or choose another --tmpdir",
    cause,
  });
}

/** Output that cannot be written, its reader going away apart. */
export function unwritable(name: ByteString, cause: NodeJS.ErrnoException): YonderError {
  return new YonderError("OUTPUT", {
    message: `cannot write to ${name}: ${cause.message}`,
    remedy: "make room or give another place, then run what is missing: yonder resume @",
    cause,
  });
}
