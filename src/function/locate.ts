import { fileURLToPath } from "node:url";
import { YonderError } from "../interface/errors.ts";
import { isEntryModule } from "./entry.ts";
import { exportNameInText } from "./export-name.ts";
import { functionOf, type Mark } from "./mark.ts";

/** What a worker imports, and which of its exports it takes. */
export interface Location {
  url: string;
  name: string;
}

/**
 * Where a worker finds a function or class that task() or actor() has marked. Found once, then remembered.
 *
 * Throws YonderError("FUNCTION"): not marked, in no file, not exported, or in a module that failed to load.
 */
export function locate(marked: object): Promise<Location> {
  let location = known.get(marked);
  if (location === undefined) {
    location = find(marked);
    known.set(marked, location);
    location.catch(() => known.delete(marked));
  }
  return location;
}

const known = new WeakMap<object, Promise<Location>>();

/**
 * A module that waits for us in its top level never ends importing itself, or what imports it: that long, then its text
 * must do. Modules that are there already take a few microtasks, so that only a stalled process can take a wrong turn here,
 * and the text nearly always says the same.
 */
const importMs = 500;

async function find(marked: object): Promise<Location> {
  const mark = functionOf(marked);
  if (mark === undefined) throw notMarked(marked);
  const { url } = mark;
  if (url === undefined) throw inNoFile(mark);
  // The program itself is the one module that is likely to be waiting.
  let name = isEntryModule(url) ? await exportNameInText({ ...mark, url }) : undefined;
  if (name !== undefined) return { url, name };
  const exports = await exportsOf(url);
  name = exports === "waiting" ? await exportNameInText({ ...mark, url }) : nameOf(marked, exports);
  if (name === undefined) throw notExported(mark, url, exports === "waiting");
  return { url, name };
}

async function exportsOf(url: string): Promise<Record<string, unknown> | "waiting"> {
  const { promise: waited, resolve } = Promise.withResolvers<"waiting">();
  const timer = setTimeout(resolve, importMs, "waiting");
  try {
    return await Promise.race([import(url) as Promise<Record<string, unknown>>, waited]);
  } catch (cause) {
    throw new YonderError("FUNCTION", {
      message: `${placeOf(url)} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: "mend what its top level throws",
      cause,
    });
  } finally {
    clearTimeout(timer);
  }
}

/** A name of its own before `default`; node calls a whole CommonJS module `module.exports`, but not every version does. */
function nameOf(value: object, exports: Record<string, unknown>): string | undefined {
  const names = Object.keys(exports).filter((name) => name !== "module.exports" && exports[name] === value);
  return names.find((name) => name !== "default") ?? names[0];
}

function notMarked(value: object): YonderError {
  const name = (value as { name?: unknown }).name;
  return new YonderError("FUNCTION", {
    message: `${typeof name === "string" && name !== "" ? name : "the function"} is not marked`,
    remedy: "export it from a module: export const name = task(…)",
  });
}

function inNoFile({ kind, fn }: Mark): YonderError {
  return new YonderError("FUNCTION", {
    message: `${fn.name || `the ${wordOf(kind)}`} is defined outside of any file, where no worker can find it`,
    remedy: `put it into a module: export const name = ${kind}(…)`,
  });
}

function notExported({ kind, fn, line }: Mark, url: string, isWaiting: boolean): YonderError {
  const name = fn.name || "name";
  const waiting = isWaiting ? ", as far as its text tells while its top level is still running" : "";
  return new YonderError("FUNCTION", {
    message: `${fn.name || `the ${wordOf(kind)}`} (${placeOf(url)}:${line}) is not exported${waiting}`,
    remedy: `export it from its module: export const ${name} = ${kind}(…)${
      url === import.meta.url
        ? ". In a bundle, its module must be an entry of its own: see docs/guide/bundlers.md"
        : ""
    }`,
  });
}

function wordOf(kind: Mark["kind"]): string {
  return kind === "task" ? "function" : "class";
}

function placeOf(url: string): string {
  return url.startsWith("file:") ? fileURLToPath(url) : `${url.slice(0, 60)}`;
}
