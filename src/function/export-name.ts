import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Export } from "es-module-lexer";
import type { Mark } from "./mark.ts";

/**
 * The name under which a module exports what a call of task() or actor() returns, read from the module's text: the way that
 * is left while the module is still being evaluated. Knows `export const f = task(…)`, `const f = task(…)` and `task(f)` with
 * any export of `f`, and `export default task(…)`; undefined for all else.
 */
export async function exportNameInText(mark: Mark & { url: string }): Promise<string | undefined> {
  if (!mark.url.startsWith("file:")) return undefined;
  const { init, parse } = await import("es-module-lexer");
  await init();
  try {
    const text = (await readFile(fileURLToPath(mark.url), "utf8")).replace(/^\uFEFF/, "");
    return exportAt(text, offsetOf(text, mark.line, mark.column), parse(text)[1]);
  } catch {
    // Not the text that runs: what the compiler of another language has read.
    return undefined;
  }
}

type Direct = Extract<Export, { type: "direct" }>;

const identifier = /[\p{ID_Start}$_][\p{ID_Continue}$]*/u.source;
/** `yonder.` of `yonder.task(…)`, where the position is that of `task`. */
const owner = `(?:${identifier}\\s*\\.\\s*)*`;
const declared = new RegExp(`\\b(?:const|let|var)\\s+(${identifier})`, "gu");
const isDefault = new RegExp(`\\bexport\\s+default\\s+${owner}$`, "u");
const untyped = new RegExp(`(?:,|\\b(?:const|let|var)\\s)\\s*(${identifier})\\s*=\\s*${owner}$`, "u");
const isAssigned = new RegExp(`^\\s*(?::[^]*)?=\\s*${owner}$`, "u");
const hasStatement = /\b(?:const|let|var|export|function|class|return)\b/;
const firstArgument = new RegExp(`^${identifier}\\s*\\(\\s*(${identifier})\\s*[,)]`, "u");

function exportAt(text: string, offset: number, exports: readonly Export[]): string | undefined {
  const before = text.slice(0, offset);
  if (isDefault.test(before)) return "default";
  const direct = exports.filter((item): item is Direct => item.type === "direct" && !item.typeOnly);
  const local =
    untyped.exec(before)?.[1] ?? variableOf(before, direct) ?? firstArgument.exec(text.slice(offset))?.[1];
  return local && direct.find((item) => item.localName === local)?.name;
}

/** The variable that is being set at the end of `before`: the last one declared there, with its type and `=` in between. */
function variableOf(before: string, exports: readonly Direct[]): string | undefined {
  let end = 0;
  let name: string | undefined;
  const consider = (found: string, foundEnd: number) => {
    if (foundEnd >= end) [name, end] = [found, foundEnd];
  };
  for (const match of before.matchAll(declared)) consider(match[1]!, match.index + match[0].length);
  for (const { localName, localEnd } of exports) {
    if (localName !== undefined && localEnd <= before.length) consider(localName, localEnd);
  }
  const between = before.slice(end);
  return isAssigned.test(between) && !hasStatement.test(between) ? name : undefined;
}

/** Lines and columns as V8 counts them: from 1, columns in UTF-16 units. */
function offsetOf(text: string, line: number, column: number): number {
  const ends = /\r\n|[\n\r\u2028\u2029]/g;
  for (let at = 1; at < line; at++) ends.exec(text);
  return ends.lastIndex + column - 1;
}
