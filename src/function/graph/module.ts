import { hash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";
import { resolveImport, resolveRequire } from "./resolve.ts";
import { specifiers } from "./specifiers.ts";

export interface Module {
  /** SHA-256 of its bytes, in hexadecimal. */
  hash: string;
  sizeBytes: number;
  /** URLs of what it names. */
  links: string[];
  /** Packages that it names, as it names them: `name` or `@scope/name`. */
  packages: string[];
  /** Specifiers that lead nowhere. */
  missing: string[];
}

/**
 * Reads a module of a file: or data: URL; undefined for one that cannot be read. Remembered while the file's times and size
 * stay; what its specifiers lead to is remembered with it, as the loader does.
 */
export async function readModule(url: string): Promise<Module | undefined> {
  try {
    const stamp = url.startsWith("file:") ? await stampOf(fileURLToPath(url)) : "";
    const known = modules.get(url);
    if (known?.stamp === stamp && known.module.missing.length === 0) return known.module;
    const module = await read(url);
    modules.set(url, { stamp, module });
    return module;
  } catch {
    return undefined;
  }
}

const modules = new Map<string, { stamp: string; module: Module }>();

async function stampOf(file: string): Promise<string> {
  const { mtimeNs, ctimeNs, size } = await stat(file, { bigint: true });
  return `${mtimeNs} ${ctimeNs} ${size}`;
}

async function read(url: string): Promise<Module> {
  const bytes = await (url.startsWith("file:") ? readFile(fileURLToPath(url)) : bytesOf(url));
  const named = isCode(url) ? await namedIn(bytes.toString(), url) : { links: [], packages: [], missing: [] };
  return { hash: hash("sha256", bytes), sizeBytes: bytes.length, ...named };
}

/** What the text of a module names; it need not be in a file yet. */
export async function namedIn(
  text: string,
  url: string,
): Promise<Pick<Module, "links" | "packages" | "missing">> {
  const links: string[] = [];
  const missing: string[] = [];
  const { init, parse } = await import("es-module-lexer");
  await init();
  const { imports, requires, beside } = specifiers(text, parse);
  const add = (names: string[], resolve: (name: string, parent: string) => string | undefined) => {
    for (const name of new Set(names)) {
      const link = resolve(name, url);
      if (link === undefined) missing.push(name);
      else links.push(link);
    }
  };
  add(imports, resolveImport);
  add(requires, resolveRequire);
  add(beside, (name, parent) => new URL(name, parent).href);
  return { links, packages: [...new Set([...imports, ...requires].flatMap(packageNamed))], missing };
}

function packageNamed(specifier: string): string[] {
  const name = /^(?:@[^/]+\/)?[^./#@:][^/:]*(?=\/|$)/.exec(specifier)?.[0];
  return name === undefined || isBuiltin(specifier) ? [] : [name];
}

function isCode(url: string): boolean {
  return url.startsWith("data:") || /(\.[cm]?[jt]s|\.[jt]sx|\/[^./]+)$/.test(new URL(url).pathname);
}

async function bytesOf(dataUrl: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(dataUrl)).arrayBuffer());
}
