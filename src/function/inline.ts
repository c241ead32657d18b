import { Module } from "node:module";
import { resolve } from "node:path";
import { type Expression, type Function as FunctionNode, parseExpressionAt } from "acorn";
import { YonderError } from "../interface/errors.ts";
import { freeNames } from "./free-names.ts";
import type { TaskFunction } from "./mark.ts";

/**
 * Source text of a function that needs nothing from around it, for `evaluateInline` in another thread or process. The same
 * function gives the same text. Code is strict there, as in every module. It may use what is global in a fresh worker, and
 * `import()` packages and built-in modules.
 *
 * Throws YonderError("FUNCTION") that names what the function captures, or says why there is no source.
 *
 * Import this module only when there is such a function: it brings a parser.
 */
export function inlineSource(fn: TaskFunction): string {
  const source = Function.prototype.toString.call(fn);
  const name = nameOf(fn);
  const found = parseFunction(source, name);
  const captured = freeNames(found.fn).filter((free) => !isGlobal(free));
  if (captured.length > 0) {
    throw new YonderError("FUNCTION", {
      message: `${name} captures ${list(captured)}`,
      remedy: "pass it as an argument, or put the function into a module and mark it with task()",
    });
  }
  const key = JSON.stringify(name);
  return `({[${key}]:${found.text}})[${key}]`; // a function without a name of its own gets that of the property
}

/**
 * The function that `inlineSource` gave the text of. Packages that it imports are looked up from `base`, the path of a file
 * that need not exist; by default from the working directory.
 */
export function evaluateInline(source: string, base: string = resolve("[inline]")): TaskFunction {
  // As a CommonJS module: the one way to compile text whose import() works from a place of our choice, and that node does
  // not warn about (vm's USE_MAIN_CONTEXT_DEFAULT_LOADER does, at each first import).
  const module = new Module(base) as Compiler;
  module._compile(`"use strict";module.exports=${source}`, base, "commonjs");
  return module.exports as TaskFunction;
}

/** In no documentation, but what every loader for CommonJS has been made of since the first ones. */
interface Compiler extends Module {
  _compile(text: string, filename: string, format: string): unknown;
}

interface Found {
  fn: FunctionNode;
  /** An expression that evaluates to the function. */
  text: string;
}

function parseFunction(source: string, name: string): Found {
  if (/\{\s*\[native code\]\s*\}$/.test(source)) {
    const remedy = "wrap it: (…args) => f(…args), in a module and marked with task() where f is not global";
    throw new YonderError("FUNCTION", {
      message: `${name} is built in or bound: there is no source to send`,
      remedy,
    });
  }
  const found = parseExpression(source) ?? parseMethod(source);
  if (found === "class") {
    throw new YonderError("FUNCTION", {
      message: `${name} is a class`,
      remedy: "mark it with actor(), or give a function that makes one",
    });
  }
  if (found === undefined) {
    throw new YonderError("FUNCTION", {
      message: `the source of ${name} cannot be read as a function in strict mode`,
      remedy: "put the function into a module and mark it with task()",
    });
  }
  return found;
}

function parseExpression(source: string): Found | "class" | undefined {
  const node = parsed(`(${source})`);
  if (node?.type === "FunctionExpression" || node?.type === "ArrowFunctionExpression") {
    return { fn: node, text: source };
  }
  return node?.type === "ClassExpression" ? "class" : undefined;
}

/** `f() {}` of an object or class becomes `function () {}`: not `function f() {}`, in which `f` would mean another thing. */
function parseMethod(source: string): Found | undefined {
  const before = "(class{";
  const node = parsed(`${before}${source}})`);
  const method = node?.type === "ClassExpression" ? node.body.body[0] : undefined;
  if (method?.type !== "MethodDefinition") return undefined;
  const { async, generator, start, end } = method.value;
  const rest = source.slice(start - before.length, end - before.length);
  return { fn: method.value, text: `${async ? "async " : ""}function${generator ? "*" : ""} ${rest}` };
}

function parsed(text: string): Expression | undefined {
  try {
    return parseExpressionAt(text, 0, {
      ecmaVersion: "latest",
      sourceType: "module",
      allowSuperOutsideMethod: true,
    });
  } catch {
    return undefined;
  }
}

/** Node's own globals that are enumerable, as those that programs add are: what a program adds no worker has. */
const enumerable = new Set(
  `global clearImmediate setImmediate clearInterval clearTimeout setInterval setTimeout queueMicrotask structuredClone
  atob btoa performance fetch navigator crypto`.split(/\s+/),
);

/** There for the REPL and `node -e` only. */
const ofModules = new Set(["require", "module", "exports", "__filename", "__dirname"]);

function isGlobal(name: string): boolean {
  const own = Object.getOwnPropertyDescriptor(globalThis, name);
  return own !== undefined && (enumerable.has(name) || (!own.enumerable && !ofModules.has(name)));
}

function nameOf(fn: TaskFunction): string {
  return typeof fn.name === "string" && fn.name !== "" ? fn.name : "inline";
}

function list(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} and ${quoted.at(-1)}`;
}
