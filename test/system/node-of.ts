import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./scratch.ts";

/** A registry that does not answer must not hold up all other tests. */
const INSTALL_MS_MAX = 180_000;

/**
 * The path of a Node of some version, from npm's package of it; kept in .cache/ of this checkout.
 *
 * @throws where npm cannot bring it in time
 */
export function nodeOf(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const place = join(repository, ".cache/node", version);
  const node = join(place, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;
  mkdirSync(join(repository, ".cache/node"), { recursive: true });
  const fresh = mkdtempSync(`${place}-`);
  writeFileSync(join(fresh, "package.json"), "{}");
  const words = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  try {
    execFileSync("npm", [...words, `${name}@${version}`], {
      cwd: fresh,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: INSTALL_MS_MAX,
    });
    renameSync(fresh, place);
  } finally {
    // What could not be installed, or has been by another test meanwhile.
    rmSync(fresh, { recursive: true, force: true });
  }
  return node;
}
