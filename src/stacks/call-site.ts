import { complete, errorParts, isError } from "../wire/values/error-parts.ts";
import { withoutOwnFrames } from "./own-frames.ts";

/** Where a program has made a call. */
export interface CallSite {
  /**
   * Made there. It becomes the error that the call fails with, where it can: then node shows that line of the program when
   * nobody catches it. For that nobody may have read its stack.
   */
  readonly error: Error;
  /** To be read. */
  readonly frames: { readonly stack?: string };
}

/** Frames of the program that are kept. */
const FRAMES = 4;
/** To find a place takes 5 µs, half of a call: so many places at once, and then so many a millisecond. */
const SITES_MAX = 1000;
const SITES_PER_MS = 1;

let left = SITES_MAX;
let sinceMs = 0;

/**
 * The place from which a function of ours was called.
 *
 * @param callee that function
 * @returns undefined where so many calls are made that their places would take noticeable time
 */
export function callSite(callee: (...args: never[]) => unknown): CallSite | undefined {
  if (left === 0) {
    const nowMs = performance.now();
    left = Math.min(SITES_MAX, Math.floor((nowMs - sinceMs) * SITES_PER_MS));
    if (left === 0) return undefined;
    sinceMs = nowMs;
  }
  left--;
  const { stackTraceLimit } = Error;
  const site = { error: withoutStack(() => new Error()), frames: {} };
  Error.stackTraceLimit = Math.min(stackTraceLimit, 1);
  Error.captureStackTrace(site.error, callee);
  Error.stackTraceLimit = Math.min(stackTraceLimit, FRAMES);
  Error.captureStackTrace(site.frames, callee);
  Error.stackTraceLimit = stackTraceLimit;
  return site;
}

/** An error that is made where no frame says anything: it takes a tenth of the time. */
export function withoutStack<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/**
 * The error of a call for whoever has made it: its stack ends with the place of the call, and no stack in it has frames of
 * ours. Without a site only these go. An error that has its place already keeps it: it is that of a call before.
 */
export function errorAt(site: CallSite | undefined, error: Error): Error {
  if (placed.has(error)) return error;
  hideOwnFrames(error);
  return site === undefined ? error : place(site, error);
}

/** Errors that have the place of their call. */
const placed = new WeakSet<Error>();

function place(site: CallSite, error: Error): Error {
  const frames = framesOf(site);
  const stack = String(error.stack || `${error.name}: ${error.message}`);
  const line = /[^\s(]+:\d+:(?=\d+\)?$)/.exec(frames[0] ?? "")?.[0];
  // An asynchronous frame has the place of the `await` in it.
  const isThere = line === undefined || stack.includes(line);
  const shown = !placed.has(site.error) && isAlone(error) ? site.error : error;
  if (shown !== error) complete(shown, errorParts(error));
  setStack(shown, isThere ? stack : [stack, ...frames].join("\n"));
  placed.add(shown);
  return shown;
}

function hideOwnFrames(error: Error, before: ReadonlySet<unknown> = new Set()): void {
  if (before.has(error)) return;
  const stack = String(error.stack);
  const shown = withoutOwnFrames(stack);
  if (shown !== stack) setStack(error, shown);
  const path = new Set(before).add(error);
  if (isError(error.cause)) hideOwnFrames(error.cause, path);
}

/** By definition: what is assigned would take the error's place away. */
function setStack(error: Error, stack: string): void {
  Object.defineProperty(error, "stack", { value: stack, writable: true, configurable: true });
}

function framesOf({ frames }: CallSite): string[] {
  const lines = withoutOwnFrames(String(frames.stack)).split("\n");
  return lines.filter((line) => /^\s+at /.test(line) && !line.includes("node:internal/"));
}

/** Nothing that it has can lead back to it, so that another can take its place. */
function isAlone(error: Error, before: ReadonlySet<unknown> = new Set()): boolean {
  const path = new Set(before).add(error);
  return errorParts(error).properties.every(
    ({ value }) =>
      typeof value !== "object" ||
      value === null ||
      (isError(value) && !path.has(value) && isAlone(value, path)),
  );
}
