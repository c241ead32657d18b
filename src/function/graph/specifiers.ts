import type { parse as Parse } from "es-module-lexer";

/** What a module names. */
export interface Specifiers {
  /** Of `import` and `export … from` that are left when types are gone, and `import()` of a literal. */
  imports: string[];
  /** Of `require()`, where there may be such a function. */
  requires: string[];
  /** Files beside it: `new URL("./table.json", import.meta.url)`. */
  beside: string[];
}

/**
 * What a module's text names, TypeScript as it stands. `require` and `new URL` are found by how they look, also in a comment:
 * too much is harmless here, where too little would make a memo stale. So are all in text that the lexer cannot read. A name
 * that is worked out when the code runs is not found.
 */
export function specifiers(text: string, parse: typeof Parse): Specifiers {
  try {
    const [imports, , , isModule] = parse(text);
    const hasRequire = !isModule || text.includes("createRequire");
    return {
      imports: imports.flatMap(named),
      requires: hasRequire ? all(text, required) : [],
      beside: all(text, besides),
    };
  } catch {
    return { imports: all(text, looksImported), requires: all(text, required), beside: all(text, besides) };
  }
}

const looksImported = /\b(?:from|import)\s*\(?\s*(["'])([^"'\\\n]+)\1/g;
const required = /\brequire\s*\(\s*(["'`])([^"'`$\\\n]+)\1\s*\)/g;
const besides = /\bnew\s+URL\s*\(\s*(["'`])([^"'`$\\\n]+)\1\s*,\s*import\.meta\.url\s*\)/g;

function named(item: ReturnType<typeof Parse>[0][number]): string[] {
  switch (item.type) {
    case "static":
    case "reexport-star":
      return item.typeOnly ? [] : [item.specifier];
    case "dynamic":
      return item.specifier === undefined || item.glob || item.probablyTypeOnly ? [] : [item.specifier];
    case "import-meta":
      return [];
  }
}

function all(text: string, pattern: RegExp): string[] {
  return Array.from(text.matchAll(pattern), (match) => match[2]!);
}
