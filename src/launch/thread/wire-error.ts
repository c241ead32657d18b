import { types } from "node:util";
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

const DEPTH_MAX = 16;
/** Errors of an AggregateError may be many, and be there in a circle. */
const ERRORS_MAX = 1000;
const STANDARD: Readonly<Record<string, new (message: string) => Error>> = {
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
};

/** Never throws: what cannot be read of it is missing. */
export function toWire(thrown: unknown): WireError {
  let left = ERRORS_MAX;
  const convert = (value: unknown, depth: number): WireError => {
    left--;
    if (!isError(value)) return notAnError(value);
    const inner = (one: unknown): WireError => convert(one, depth + 1);
    const isDeeper = depth < DEPTH_MAX;
    const cause = read(value, "cause");
    const errors = isDeeper && value instanceof AggregateError ? read(value, "errors") : undefined;
    return {
      classes: classesOf(value),
      name: textOf(read(value, "name"), "Error"),
      message: textOf(read(value, "message"), ""),
      stack: textOf(read(value, "stack"), ""),
      properties: propertiesOf(value),
      ...(cause !== undefined && isDeeper && left > 0 && { cause: inner(cause) }),
      ...(Array.isArray(errors) && { errors: errors.slice(0, Math.max(0, left)).map(inner) }),
    };
  };
  return convert(thrown, 0);
}

function propertiesOf(error: Error): Record<string, unknown> {
  const properties: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (["name", "message", "stack", "cause", "errors"].includes(key)) continue;
    const value = read(error, key);
    if (value !== undefined && isSendable(value)) properties[key] = value;
  }
  return properties;
}

/** A getter may throw. */
function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function textOf(value: unknown, otherwise: string): string {
  try {
    return String(value ?? otherwise);
  } catch {
    return otherwise;
  }
}

/** A Proxy is none: it may throw at any question. */
function isError(value: unknown): value is Error {
  return !types.isProxy(value) && value instanceof Error;
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

function blank({ classes, name, message, properties, errors, thrown }: WireError): Error {
  if (classes.length === 0) return new Error(message, { cause: thrown });
  if (classes.includes("YonderError") && properties["code"] !== undefined) {
    const { code, remedy, exitCode } = properties as { code: ErrorCode; remedy?: string; exitCode?: number };
    return new YonderError(code, {
      message,
      ...(remedy !== undefined && { remedy }),
      ...(exitCode !== undefined && { exitCode }),
    });
  }
  if (classes.includes("DOMException")) return new DOMException(message, name);
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
