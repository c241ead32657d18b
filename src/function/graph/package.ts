import { hash } from "node:crypto";
import { readFileSync, realpathSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** An installed package: nobody edits its files, so that its name, version and package.json stand for them. */
export interface InstalledPackage {
  /** `name@version` */
  name: string;
  hash: string;
  /** The package.json files of what it depends on, as far as installed. */
  dependencies: string[];
}

/** The package.json of the installed package that a file is of; undefined for a file outside of any `node_modules`. */
export function packageOf(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  const match = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/s.exec(fileURLToPath(url));
  return match ? join(match[0], "package.json") : undefined;
}

/** Read once in a process, as the loader does. */
export function readPackage(file: string): InstalledPackage {
  let known = packages.get(file);
  if (known === undefined) {
    known = read(file);
    packages.set(file, known);
  }
  return known;
}

const packages = new Map<string, InstalledPackage>();

interface Manifest {
  name?: string;
  version?: string;
  dependencies?: object;
  optionalDependencies?: object;
  peerDependencies?: object;
}

function read(file: string): InstalledPackage {
  try {
    const text = readFileSync(file, "utf8");
    const { name, version, ...needs } = JSON.parse(text) as Manifest;
    const names = Object.keys({
      ...needs.dependencies,
      ...needs.optionalDependencies,
      ...needs.peerDependencies,
    });
    return {
      name: `${name}@${version}`,
      hash: hash("sha256", text),
      dependencies: names.flatMap((dependency) => installed(dependency, file)),
    };
  } catch {
    return { name: file, hash: "none", dependencies: [] };
  }
}

function installed(name: string, dependent: string): string[] {
  try {
    const file = findPackageJSON(name, pathToFileURL(dependent));
    return file === undefined ? [] : [realpathSync(file)];
  } catch {
    return [];
  }
}
