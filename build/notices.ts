import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const TITLE =
  "Code of these packages is part of the files beside this one. Their licences ask for this notice.\n";
const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\W|$)/i;

/**
 * The notices of all packages that a bundle has code of.
 *
 * @param inputs the bundle's inputs by their path from `root`
 * @throws Error where a package has no licence file: the bundle must not be published then
 */
export function thirdPartyNotices(root: string, inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []));
  return [TITLE, ...[...folders].sort().map((folder) => noticeOf(join(root, folder)))].join(
    `\n${"-".repeat(80)}\n\n`,
  );
}

function noticeOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Named;
  const files = readdirSync(folder).filter((file) => LICENCE_FILE.test(file));
  if (files.length === 0) throw new Error(`${folder} has no licence file, and its code is in the bundle`);
  const texts = files.sort().map((file) => `${readFileSync(join(folder, file), "utf8").trim()}\n`);
  return [`${name} ${version} (${license})\n`, ...texts].join("\n");
}

interface Named {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}
