import { YonderError } from "../../interface/errors.ts";
import { decodeText } from "../bytes.ts";

/** Perl would refuse the pattern too. */
export function invalid(pattern: string, what: string, cause?: unknown): YonderError {
  return new YonderError("USAGE", {
    message: `${what} in regex m/${decodeText(pattern)}/.`,
    remedy: "Regular expressions are perl's: see perldoc perlre.",
    cause,
  });
}

/** Perl knows it, the translation does not. */
export function unsupported(pattern: string, what: string): YonderError {
  return new YonderError("UNSUPPORTED", {
    message: `${what} in regex m/${decodeText(pattern)}/ is not supported.`,
    remedy: `Write it without ${what}.`,
  });
}
