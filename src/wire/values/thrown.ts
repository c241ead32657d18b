import { isError } from "./error-parts.ts";

/** What was thrown, as an error: what is none is the cause of one that says so. */
export function thrownError(thrown: unknown): Error {
  if (isError(thrown)) return thrown;
  const shown = typeof thrown === "string" ? thrown : inWords(thrown);
  const error = new Error(`${shown} was thrown, which is no error`, { cause: thrown });
  // Not where it was thrown, but here.
  error.stack = "";
  return error;
}

function inWords(thrown: unknown): string {
  try {
    return typeof thrown === "object" ? (JSON.stringify(thrown) ?? "an object") : String(thrown);
  } catch {
    return "an object";
  }
}
