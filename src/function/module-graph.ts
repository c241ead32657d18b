import { hash } from "node:crypto";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { YonderError } from "../interface/errors.ts";
import { workingDirectory } from "../working-directory.ts";
import { readModule } from "./graph/module.ts";
import { packageOf, readPackage } from "./graph/package.ts";

/** The code that a function may run, as it is on disk. */
export interface ModuleGraph {
  /** SHA-256 in hexadecimal over `parts`. */
  hash: string;
  /** Sorted by name. */
  parts: GraphPart[];
}

export interface GraphPart {
  /**
   * A file's path from the folder of the first module, with `/`; `name@version` of an installed package; `node` for node
   * itself; `x from file` where a file names an `x` that is not there.
   */
  name: string;
  /** SHA-256 in hexadecimal of a file, or of an installed package's package.json; node's major version; `none`. */
  hash: string;
}

/**
 * A module and all that it imports, directly or not: by static imports and exports, by `import()` and `require()` of
 * literals, and files that it names by `new URL("…", import.meta.url)`. Sources count by content, those of linked workspaces
 * too; packages in `node_modules` by name, version and package.json, with all that they depend on. Types that are erased do
 * not count; names that are worked out when the code runs cannot.
 *
 * The same sources in another folder have the same hash. A file is read again when its times or size have changed.
 *
 * Throws YonderError("FUNCTION") when the first module cannot be read.
 */
export async function moduleGraph(url: string): Promise<ModuleGraph> {
  const walk = new Walk(url);
  for (let level = walk.follow([url]); level.length > 0; ) {
    const modules = await Promise.all(level.map(readModule));
    if (modules[0] === undefined && level[0] === url) throw unreadable(url);
    level = modules.flatMap((module, index) => {
      const name = walk.nameOf(level[index]!);
      walk.parts.set(name, module?.hash ?? "none");
      for (const missing of module?.missing ?? []) walk.parts.set(`${missing} from ${name}`, "none");
      return walk.follow(module?.links ?? []);
    });
  }
  const parts = [...walk.parts].map(([name, hash]) => ({ name, hash }));
  parts.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { hash: hash("sha256", JSON.stringify(parts)), parts };
}

/** Holds what has been found of one graph. */
class Walk {
  readonly parts: Map<string, string> = new Map([["node", process.versions.node.split(".")[0]!]]);
  readonly #seen = new Set<string>();
  readonly #top: string;

  constructor(url: string) {
    this.#top = url.startsWith("file:") ? dirname(fileURLToPath(url)) : workingDirectory();
  }

  /** The URLs among these that are to be read, each once. Node's own modules are in node's version. */
  follow(urls: readonly string[]): string[] {
    return urls.filter((url) => {
      if (url.startsWith("node:") || this.#seen.has(url)) return false;
      this.#seen.add(url);
      const manifest = packageOf(url);
      if (manifest !== undefined) this.#addPackage(manifest);
      return manifest === undefined;
    });
  }

  nameOf(url: string): string {
    if (!url.startsWith("file:")) return `${url.slice(0, url.indexOf(":"))}:${hash("sha256", url)}`;
    return relative(this.#top, fileURLToPath(url)).replaceAll(sep, "/") + new URL(url).search;
  }

  #addPackage(manifest: string): void {
    const waiting = [manifest];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      if (this.#seen.has(file)) continue;
      this.#seen.add(file);
      const found = readPackage(file);
      this.parts.set(found.name, found.hash);
      waiting.push(...found.dependencies);
    }
  }
}

function unreadable(url: string): YonderError {
  return new YonderError("FUNCTION", {
    message: `${url.startsWith("file:") ? fileURLToPath(url) : url.slice(0, 60)} cannot be read`,
    remedy: "memo needs the module's source: leave it out for code without a file",
  });
}
