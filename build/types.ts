// Declarations of the published package: what the compiler writes for src/, in dist/types/.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const types = join(root, "dist/types");
const compiled = join(root, "node_modules/.tsc");

execFileSync(join(root, "node_modules/.bin/tsc"), ["-b", "src/core", "src"], { cwd: root, stdio: "inherit" });
rmSync(types, { recursive: true, force: true });
const isDeclaration = (path: string): boolean => !/\.(test|test-d)\.d\.ts$|\.map$|\.tsbuildinfo$/.test(path);
cpSync(join(compiled, "src"), types, { recursive: true, filter: isDeclaration });
// The core is a project of its own, whose root is src/ too.
cpSync(join(compiled, "core/core"), join(types, "core"), { recursive: true, filter: isDeclaration });
