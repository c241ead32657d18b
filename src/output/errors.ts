import { YonderError } from "../interface/errors.ts";

/** What an operation on output files throws, as an error for people. */
export function outputError(cause: unknown): YonderError {
  if (cause instanceof YonderError) return cause;
  return new YonderError("OUTPUT", { message: `cannot write output: ${(cause as Error).message}`, cause });
}
