import { spawnSync } from "node:child_process";
import { YonderError } from "../interface/errors.ts";
import { jobShell } from "../kinds/command/job/job-shell.ts";
import { nearest } from "../options/nearest.ts";

/** The error for a word that is nothing that a shell could run, and nearly the name of a command; undefined otherwise. */
export function mistyped(word: string, commands: readonly string[]): YonderError | undefined {
  const meant = nearest(word, commands);
  if (meant === undefined || isKnownToShell(word)) return undefined;
  return new YonderError("USAGE", {
    message: `"${word}" is neither a command of yonder nor a program; did you mean "yonder ${meant}"?`,
    remedy: `yonder run ${word} runs it over inputs all the same`,
    exitCode: 2,
  });
}

/** Programs, builtins and functions: what jobs find. */
function isKnownToShell(word: string): boolean {
  const script = `command -v ${word} >/dev/null 2>&1`;
  const { status } = spawnSync(jobShell(process.env), ["-c", script], { stdio: "ignore" });
  return status === 0;
}
