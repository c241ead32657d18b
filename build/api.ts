// Writes the reference of the SDK from its docstrings: node build/api.ts [FILE]
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { withExports } from "./api/exports.ts";
import { apiPage } from "./api/page.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = withExports(join(root, "src/tsconfig.json"), join(root, "src/sdk/index.ts"), apiPage);
writeFileSync(process.argv[2] ?? join(root, "docs/reference/sdk.md"), page);
