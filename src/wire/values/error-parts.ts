import { types } from "node:util";
import { YonderError } from "../../interface/errors.ts";

/** What structured clone would lose or change of an error. */
export interface ErrorParts {
  /** The names of its class and of those above it, as far as Error. */
  readonly classes: readonly string[];
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Its other properties: `code`, `cause`, `errors` and whatever else it has. */
  readonly properties: readonly ErrorProperty[];
}

export interface ErrorProperty {
  readonly key: string;
  /** It is `Symbol.for(key)`. */
  readonly isSymbol: boolean;
  readonly isEnumerable: boolean;
  readonly value: unknown;
}

/** Errors in the memory of whoever has them, not as they are sent: it never throws, and what cannot be read is missing. */
export function errorParts(error: Error): ErrorParts {
  return {
    classes: classesOf(error),
    name: textOf(read(error, "name"), "Error"),
    message: textOf(read(error, "message"), ""),
    stack: textOf(read(error, "stack"), ""),
    properties: propertiesOf(error),
  };
}

/** An error in whose place `complete` puts all parts. */
export function blankError(): Error {
  const error = new Error();
  error.stack = "";
  return error;
}

/**
 * Makes a blank error what the parts say: of its own class where that is a standard one or YonderError, else one of the same
 * name, whose classes `classesOf` still knows.
 */
export function complete(error: Error, { classes, name, message, stack, properties }: ErrorParts): void {
  const isOurs = properties.some(({ key }) => key === "code");
  const Known = classes
    .map((one) => (one === YonderError.name && !isOurs ? undefined : KNOWN.get(one)))
    .find((found) => found !== undefined);
  Object.setPrototypeOf(error, (Known ?? Error).prototype as object);
  define(error, "message", message);
  define(error, "stack", stack);
  // What a DOMException is asked for would be refused to any other object.
  if (Known === DOMException || error.name !== name) define(error, "name", name);
  for (const { key, isSymbol, isEnumerable, value } of properties) {
    define(error, isSymbol ? Symbol.for(key) : key, value, isEnumerable);
  }
  remembered.set(error, classes);
}

/** The names of its class and of those above it, where it was thrown. */
export function classesOf(error: Error): readonly string[] {
  const known = remembered.get(error);
  if (known !== undefined) return known;
  const names = prototypesOf(error).flatMap((proto) => {
    const { name } = (read(proto, "constructor") ?? {}) as { name?: unknown };
    return typeof name === "string" ? name : [];
  });
  return names.length > 0 ? names : ["Error"];
}

/** A Proxy is none: it may throw at any question. */
export function isError(value: unknown): value is Error {
  return !types.isProxy(value) && (types.isNativeError(value) || value instanceof Error);
}

const KNOWN: ReadonlyMap<string, { readonly prototype: object }> = new Map(
  [
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
    EvalError,
    URIError,
    AggregateError,
    DOMException,
    YonderError,
  ].map((known) => [known.name, known]),
);

const remembered = new WeakMap<Error, readonly string[]>();

const ELSEWHERE: ReadonlySet<unknown> = new Set(["name", "message", "stack", "constructor", "__proto__"]);

/** Own ones, and what getters of its class give. */
function propertiesOf(error: Error): ErrorProperty[] {
  const found = new Map<string | symbol, ErrorProperty>();
  const note = (key: string | symbol, isEnumerable: boolean): void => {
    if (ELSEWHERE.has(key) || found.has(key)) return;
    const name = typeof key === "string" ? key : Symbol.keyFor(key);
    const value = name === undefined ? undefined : read(error, key);
    if (name === undefined || value === undefined) return;
    found.set(key, { key: name, isSymbol: typeof key === "symbol", isEnumerable, value });
  };
  for (const key of Reflect.ownKeys(error)) {
    note(key, Object.getOwnPropertyDescriptor(error, key)?.enumerable === true);
  }
  for (const proto of prototypesOf(error)) {
    if ((proto as unknown) === Error.prototype) break;
    for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(proto))) {
      if (get !== undefined) note(key, false);
    }
  }
  return [...found.values()];
}

function prototypesOf(error: Error): object[] {
  const all: object[] = [];
  let proto = Object.getPrototypeOf(error) as object | null;
  while (proto !== null && proto !== Object.prototype) {
    all.push(proto);
    proto = Object.getPrototypeOf(proto) as object | null;
  }
  return all;
}

/** A getter may throw. */
function read(object: object, key: string | symbol): unknown {
  try {
    return Reflect.get(object, key);
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

/** As the language defines what is an error's own: not enumerable. */
function define(error: Error, key: string | symbol, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
