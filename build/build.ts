// Bundles src/ into dist/: one entry for each command name, shared code in chunks that load only when used.
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const version = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
const staging = mkdtempSync(join(root, ".dist-"));

await build({
  absWorkingDir: root,
  entryPoints: { main: "src/cli/main.ts" },
  outdir: staging,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node22.18",
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: "none",
  chunkNames: "chunk-[hash]",
  define: { YONDER_VERSION: JSON.stringify(version) },
});

// The entry turns on V8's compile cache before the bundle loads; a static import would load it first. Where dist/ cannot
// be written, the cache is in the user's own. A driver makes much short-lived garbage and keeps little: without a bound,
// V8 lets the space for it grow to 64 MB, for nothing.
for (const name of ["yonder", "parallel", "sem"]) {
  writeFileSync(
    join(staging, `${name}.js`),
    `#!/usr/bin/env node
import{enableCompileCache as c}from"node:module";import{fileURLToPath as f}from"node:url";import{setFlagsFromString as v}from"node:v8";
v("--max-semi-space-size=4");v("--semi-space-growth-factor=1");
if(c(f(new URL("./.cache",import.meta.url))).status===0){const e=process.env;c((e.XDG_CACHE_HOME||(e.HOME||"/tmp")+"/.cache")+"/yonder")}
const{main}=await import("./main.js");main(${JSON.stringify(name)});
`,
  );
  chmodSync(join(staging, `${name}.js`), 0o755);
}

// Files are moved one by one over the old ones, entries last, so that a yonder starting now finds a whole set.
const dist = join(root, "dist");
try {
  renameSync(staging, dist);
} catch {
  const files = readdirSync(staging).sort(
    (a, b) => Number(b.startsWith("chunk-")) - Number(a.startsWith("chunk-")),
  );
  for (const file of files) renameSync(join(staging, file), join(dist, file));
  for (const old of readdirSync(dist)) {
    if (old.startsWith("chunk-") && !files.includes(old)) rmSync(join(dist, old), { force: true });
  }
  rmSync(staging, { recursive: true });
}
