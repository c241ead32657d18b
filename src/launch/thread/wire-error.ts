import { type ErrorCode, YonderError } from "../../interface/errors.ts";

/** Something thrown, on its way to another thread. */
export interface WireError {
  /** The names of its class and of those above it, as far as Error. Empty for what is no error. */
  readonly classes: readonly string[];
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly cause?: WireError;
  /** Of an AggregateError. */
  readonly errors?: readonly WireError[];
  /** Own properties that can be sent: `code`, `errno` and the like. */
  readonly properties: Readonly<Record<string, unknown>>;
  /** What was thrown, where it is no error and can be sent. */
  readonly thrown?: unknown;
}

const CAUSES_MAX = 16;
const STANDARD: Readonly<Record<string, new (message: string) => Error>> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
};

export function toWire(thrown: unknown, depth = 0): WireError {
  if (!(thrown instanceof Error)) return notAnError(thrown);
  const properties: Record<string, unknown> = {};
  for (const key of Object.keys(thrown)) {
    const value = (thrown as unknown as Record<string, unknown>)[key];
    if (!["name", "message", "stack", "cause", "errors"].includes(key) && isSendable(value))
      properties[key] = value;
  }
  const deeper = depth < CAUSES_MAX;
  const { cause } = thrown;
  return {
    classes: classesOf(thrown),
    name: String(thrown.name),
    message: String(thrown.message),
    stack: String(thrown.stack ?? ""),
    properties,
    ...(cause !== undefined && deeper && { cause: toWire(cause, depth + 1) }),
    ...(thrown instanceof AggregateError &&
      deeper && { errors: thrown.errors.map((error) => toWire(error, depth + 1)) }),
  };
}

/** The error again: of the same class where that is a standard one or our own, else an Error with the same name. */
export function fromWire(wire: WireError): Error {
  const error = blank(wire);
  error.stack = wire.stack;
  if (error.name !== wire.name) define(error, "name", wire.name);
  if (wire.cause !== undefined) define(error, "cause", fromWire(wire.cause));
  for (const [key, value] of Object.entries(wire.properties)) {
    if (!(key in error)) (error as unknown as Record<string, unknown>)[key] = value;
  }
  return error;
}

function blank({ classes, message, properties, errors, thrown }: WireError): Error {
  if (classes.length === 0) return new Error(message, { cause: thrown });
  if (classes.includes("YonderError")) {
    const { code, remedy, exitCode } = properties as { code: ErrorCode; remedy?: string; exitCode?: number };
    return new YonderError(code, {
      message,
      ...(remedy !== undefined && { remedy }),
      ...(exitCode !== undefined && { exitCode }),
    });
  }
  if (errors !== undefined) return new AggregateError(errors.map(fromWire), message);
  const standard = classes.find((name) => Object.hasOwn(STANDARD, name)) ?? "Error";
  return new STANDARD[standard]!(message);
}

function notAnError(thrown: unknown): WireError {
  const shown = typeof thrown === "string" ? thrown : inWords(thrown);
  return {
    classes: [],
    name: "Error",
    message: `${shown} was thrown, which is no error`,
    stack: "",
    properties: {},
    ...(isSendable(thrown) && { thrown }),
  };
}

function inWords(thrown: unknown): string {
  try {
    return typeof thrown === "object" ? (JSON.stringify(thrown) ?? "an object") : String(thrown);
  } catch {
    return "an object";
  }
}

function classesOf(error: Error): string[] {
  const names: string[] = [];
  for (let proto = Object.getPrototypeOf(error); proto !== null && proto !== Object.prototype; ) {
    const { name } = (proto as { constructor?: { name?: unknown } }).constructor ?? {};
    if (typeof name === "string") names.push(name);
    proto = Object.getPrototypeOf(proto);
  }
  return names.length > 0 ? names : ["Error"];
}

function isSendable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** As the language defines it on errors: not enumerable. */
function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true });
}
