import { YonderError } from "../interface/errors.ts";
import { tell } from "../standard-streams.ts";
import { type ProgramName, say } from "./program.ts";

/** What is wrong, and what to do about it; a stack only where the fault is ours. With --json, one object. */
export function report(name: ProgramName, error: unknown, isJson: boolean): number {
  // Whoever read our results has seen enough.
  if ((error as NodeJS.ErrnoException).code === "EPIPE") return 141;
  if (isJson) {
    tell(`${JSON.stringify({ error: errorJson(error) })}\n`);
    return error instanceof YonderError ? error.exitCode : 255;
  }
  if (error instanceof YonderError) {
    say(name, `Error: ${error.message}`);
    if (error.remedy !== undefined) say(name, error.remedy);
    return error.exitCode;
  }
  say(name, `internal error: ${error instanceof Error ? error.stack : String(error)}`);
  return 255;
}

function errorJson(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof YonderError) return { code: error.code, message: error.message, remedy: error.remedy };
  return { code: "INTERNAL", message: error instanceof Error ? error.stack : String(error) };
}
