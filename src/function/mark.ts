import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { YonderError } from "../interface/errors.ts";
import { thrownBy } from "../stacks/as-called.ts";
import { type ActorOptions, checkActorOptions } from "./actor-options.ts";
import { checkOptions, type TaskOptions } from "./options.ts";

/** Any function: sync, async or generator. */
export type TaskFunction<A extends readonly unknown[] = never[], R = unknown> = (...args: A) => R;

/** Any class that can be constructed. */
export type ActorConstructor<A extends readonly unknown[] = never[], I extends object = object> = new (
  ...args: A
) => I;

/** A function that workers find again by its module and the name of its export. It is `F` itself: calls cost nothing more. */
export type Task<F extends TaskFunction> = F & Marked<"task">;

/** A class that workers find again by its module and the name of its export. It is `C` itself. */
export type ActorClass<C extends ActorConstructor> = C & Marked<"actor">;

/** Where a marked function or class was defined. Lines and columns count from 1, in the text that runs. */
export interface Mark {
  type: "module";
  kind: "task" | "actor";
  /** What a worker imports; undefined when code without a file called (the REPL, `node -e`). */
  url: string | undefined;
  line: number;
  column: number;
  options: TaskOptions | ActorOptions;
  fn: TaskFunction | ActorConstructor;
}

/**
 * Marks a function of a module for running elsewhere, and returns it: it is called and tested like any other. The module
 * must export it under a name of its own.
 *
 * @throws YonderError USAGE for options that make no sense, FUNCTION for what is no function or is marked already
 */
export function task<F extends TaskFunction>(fn: F, options: TaskOptions<Parameters<F>> = {}): Task<F> {
  try {
    return mark(fn, "task", options as TaskOptions, callerOf(task)) as Task<F>;
  } catch (error) {
    throw thrownBy(task, error);
  }
}

/** Marks a class of a module, whose instances live elsewhere, and returns it. Else as `task`. */
export function actor<C extends ActorConstructor>(
  actorClass: C,
  options: ActorOptions<ConstructorParameters<C>> = {},
): ActorClass<C> {
  try {
    return mark(actorClass, "actor", options as ActorOptions, callerOf(actor)) as ActorClass<C>;
  } catch (error) {
    throw thrownBy(actor, error);
  }
}

/** What `task` or `actor` said about the value; undefined for one that they have not marked. */
export function functionOf(value: unknown): Mark | undefined {
  return typeof value === "function" ? marks.get(value) : undefined;
}

declare const kind: unique symbol;

/** Only types know this property. */
export interface Marked<Kind> {
  readonly [kind]: Kind;
}

// One for all copies of yonder in the process: a program and its libraries may each have brought their own. Not a property
// of the function, which would be inherited by a class that extends a marked one.
const key: unique symbol = Symbol.for("yonder.marks");
const shared = globalThis as { [key]?: WeakMap<object, Mark> };
const marks: WeakMap<object, Mark> = (shared[key] ??= new WeakMap());

type Place = Pick<Mark, "url" | "line" | "column">;

function mark(
  fn: TaskFunction | ActorConstructor,
  kind: Mark["kind"],
  options: Mark["options"],
  place: Place,
) {
  if (kind === "task") checkOptions(options);
  else checkActorOptions(options);
  if (typeof fn !== "function") {
    throw new YonderError("FUNCTION", {
      message: `${kind}() was given ${fn === null ? "null" : typeof fn}, not a ${kind === "task" ? "function" : "class"}`,
      remedy: kind === "task" ? "task(async (…) => …)" : "actor(class …)",
    });
  }
  const earlier = marks.get(fn);
  if (earlier !== undefined) {
    throw new YonderError("FUNCTION", {
      message: `${fn.name || "the function"} is marked already, in ${earlier.url}:${earlier.line}`,
      remedy: `give options to the calls, or mark a function of its own: ${kind}(${kind === "task" ? "(…args) => f(…args)" : "class extends … {}"})`,
    });
  }
  marks.set(fn, { type: "module", kind, ...place, options, fn });
  return fn;
}

/**
 * The place in the first file below `callee` on the stack. V8 leaves out the frames down to `callee`, so that it does not
 * matter in which file yonder itself is; functions built into V8 (`list.map(task)`) have no file.
 */
function callerOf(callee: TaskFunction): Place {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  try {
    Error.stackTraceLimit = 8;
    Error.prepareStackTrace = (_, frames) => frames.find((frame) => frame.getFileName() != null);
    Error.captureStackTrace(holder, callee);
    const frame = holder.stack as NodeJS.CallSite | undefined;
    return {
      url: urlOf(frame?.getFileName() ?? ""),
      line: frame?.getLineNumber() ?? 0,
      column: frame?.getColumnNumber() ?? 0,
    };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    // Node itself tells "not set" from undefined nowhere, but some programs ask whether it is there.
    if (prepareStackTrace === undefined) delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace;
    else Error.prepareStackTrace = prepareStackTrace;
  }
}

/** Frames of ES modules name URLs, those of CommonJS paths. `[eval1]` is the name of standard input and of `node -e`. */
function urlOf(fileName: string): string | undefined {
  if (isAbsolute(fileName)) return pathToFileURL(fileName).href;
  return /^(file|data):/.test(fileName) && !/\/\[eval\d*\]$/.test(fileName) ? fileName : undefined;
}
