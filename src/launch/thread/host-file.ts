import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** Where the entries of hosts are: beside this file, or beside the library's files. */
declare const HOST_FILES: { readonly worker: string; readonly child: string } | undefined;
const files = typeof HOST_FILES === "object" ? HOST_FILES : { worker: "./worker.ts", child: "./child.ts" };

declare const YONDER_VERSION: string | undefined;

/** What a thread or a process of ours runs. */
export function hostFile(name: "worker" | "child"): URL {
  return (found[name] ??= find(name));
}

const found: { worker?: URL; child?: URL } = {};

/** In a bundle that has become CommonJS, the file has no URL. */
const here = (import.meta.url as string | undefined) ?? pathToFileURL(process.argv[1] ?? ".").href;

/**
 * Where a bundler has made this file a part of the program, the others are not beside it; but they are in the package, where
 * that is installed and of the same version.
 */
function find(name: "worker" | "child"): URL {
  const beside = new URL(files[name], here);
  if (existsSync(beside)) return beside;
  try {
    const require = createRequire(here);
    const about = require.resolve("yonder-run/package.json");
    const { version } = require(about) as { version?: unknown };
    if (version === YONDER_VERSION) return new URL(`dist/lib/${name}.js`, pathToFileURL(about));
  } catch {
    // Not installed: whoever starts it is told that it is not there.
  }
  return beside;
}
