import { existsSync, lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { YonderError } from "../interface/errors.ts";
import { namedIn, readModule } from "./graph/module.ts";
import { packageOf } from "./graph/package.ts";

/** What another machine needs to load a module. Paths are absolute. */
export interface ModuleFiles {
  readonly files: readonly ModuleFile[];
  /** Symbolic links that lead to packages, as package managers and workspaces have them. */
  readonly links: readonly { readonly path: string; readonly to: string }[];
}

export interface ModuleFile {
  readonly path: string;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
  readonly sizeBytes: number;
}

/**
 * The files of modules and of all that they import, directly or not, those of installed packages too: what `moduleGraph`
 * finds, file by file, and the package.json that says how each is read. Files that are found only when the code runs (names
 * that it works out, data that it reads) are not among them, and native addons are not.
 *
 * @param first a module's URL; or the text of one in no file, and the path of a file that it could be
 * @throws YonderError FUNCTION where the module itself cannot be read
 */
export async function moduleFiles(
  first: string | { readonly text: string; readonly path: string },
): Promise<ModuleFiles> {
  const files = new Map<string, ModuleFile>();
  const links = new Map<string, string>();
  const seen = new Set<string>();

  const follow = (found: readonly string[]): string[] =>
    found.filter((url) => {
      if (!url.startsWith("file:") || seen.has(url)) return false;
      seen.add(url);
      // Made for one kind of machine.
      return !url.endsWith(".node");
    });

  const add = async (url: string): Promise<string[]> => {
    const module = await readModule(url);
    if (module === undefined) {
      if (url === first) throw unreadable(url);
      return [];
    }
    const path = fileURLToPath(url);
    files.set(path, { path, hash: module.hash, sizeBytes: module.sizeBytes });
    return [
      ...module.links,
      ...manifestsOf(path),
      ...module.packages.flatMap((name) => manifestOf(name, path)),
    ];
  };

  const manifestOf = (name: string, from: string): string[] => {
    const link = linkTo(name, from);
    if (link === undefined) return [];
    if (link.path !== link.to) links.set(link.path, link.to);
    return [pathToFileURL(join(link.to, "package.json")).href];
  };

  const inText = async (text: string, path: string): Promise<string[]> => {
    const { links, packages } = await namedIn(text, pathToFileURL(path).href);
    return [...links, ...packages.flatMap((name) => manifestOf(name, path))];
  };

  const begin = typeof first === "string" ? [first] : await inText(first.text, first.path);
  for (let level = follow(begin); level.length > 0; ) {
    level = follow((await Promise.all(level.map(add))).flat());
  }
  return { files: [...files.values()], links: [...links].map(([path, to]) => ({ path, to })) };
}

/** The package.json files that say what kind of module a file is, and what its package's names mean. */
function manifestsOf(path: string): string[] {
  const found: string[] = [];
  const ofPackage = packageOf(pathToFileURL(path).href);
  if (ofPackage !== undefined) found.push(ofPackage);
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    const manifest = join(directory, "package.json");
    if (existsSync(manifest)) {
      found.push(manifest);
      break;
    }
    if (directory === dirname(directory)) break;
  }
  return found.map((manifest) => pathToFileURL(manifest).href);
}

/** Where the nearest `node_modules` above a file has a package, and where that really is. */
function linkTo(name: string, from: string): { path: string; to: string } | undefined {
  for (let directory = dirname(from); ; directory = dirname(directory)) {
    const path = join(directory, "node_modules", name);
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined && existsSync(path))
      return { path, to: realpathSync(path) };
    if (directory === dirname(directory)) return undefined;
  }
}

function unreadable(url: string): YonderError {
  return new YonderError("FUNCTION", {
    message: `${fileURLToPath(url)} cannot be read`,
    remedy: "it is sent to other machines: see that its file is there",
  });
}
