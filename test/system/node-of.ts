import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "./scratch.ts";

/** The path of a Node of some version, from npm's package of it; kept in .cache/ of this checkout. */
export function nodeOf(version: string): string {
  const name = `node-${process.platform}-${process.arch}`;
  const place = join(repository, ".cache/node", version);
  const node = join(place, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;
  mkdirSync(join(repository, ".cache/node"), { recursive: true });
  const fresh = mkdtempSync(`${place}-`);
  writeFileSync(join(fresh, "package.json"), "{}");
  const words = ["install", "--ignore-scripts", "--no-audit", "--no-fund", `${name}@${version}`];
  execFileSync("npm", words, { cwd: fresh, stdio: ["ignore", "ignore", "pipe"] });
  try {
    renameSync(fresh, place);
  } catch {
    // Another test was first.
    rmSync(fresh, { recursive: true });
  }
  return node;
}
