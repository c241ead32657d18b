import { existsSync, realpathSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The URL that `import` of this process gives a specifier in a module; undefined where it finds nothing. */
export function resolveImport(specifier: string, parent: string): string | undefined {
  try {
    if (/^(\.{1,2}\/|\/|file:)/.test(specifier)) {
      const url = new URL(specifier, parent);
      if (existsSync(url)) return real(url);
    }
    return asLoaded(specifier, parent);
  } catch {
    return undefined;
  }
}

/** As `resolveImport`, for `require`. */
export function resolveRequire(specifier: string, parent: string): string | undefined {
  try {
    const found = createRequire(parent).resolve(specifier);
    return /^(node:|[^/]*$)/.test(found) ? asLoaded(found, parent) : pathToFileURL(found).href;
  } catch {
    return undefined;
  }
}

/**
 * Asks the loader itself, so that conditions, workspaces and the program's own loader hooks count. `import.meta.resolve` takes
 * a parent only behind a flag; a hook that lives for the one question gives it one.
 */
function asLoaded(specifier: string, parent: string): string | undefined {
  const question = "yonder:question";
  const hooks = registerHooks({
    resolve: (asked, context, next) =>
      asked === question ? next(specifier, { ...context, parentURL: parent }) : next(asked, context),
  });
  try {
    const url = import.meta.resolve(question);
    return url.startsWith("file:") && !existsSync(new URL(url)) ? undefined : url;
  } finally {
    hooks.deregister();
  }
}

/** A linked workspace is where its files are. The query stays: it names another instance. */
function real(url: URL): string {
  return pathToFileURL(realpathSync(fileURLToPath(url))).href + url.search;
}
