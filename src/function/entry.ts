import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Is the URL that of the program that node was started with? Its top level is the program: a worker that imports it runs
 * all of that again, except what `if (import.meta.main)` guards. False where there is no such file (the REPL, `node -e`).
 */
export function isEntryModule(url: string): boolean {
  return url.replace(/[?#].*$/s, "") === (entry ??= findEntry());
}

let entry: string | undefined;

/** As node finds it: without its extension or as a folder in CommonJS, and through symbolic links. */
function findEntry(): string {
  const given = process.argv[1];
  if (given === undefined) return "";
  const path = resolve(given);
  try {
    return pathToFileURL(realpathSync(path)).href;
  } catch {
    // not a file as it stands
  }
  try {
    return pathToFileURL(createRequire(path).resolve(path)).href;
  } catch {
    return "";
  }
}
