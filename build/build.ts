// Bundles src/ into dist/: one entry for each command name, one bundle behind them.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const version = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
const staging = mkdtempSync(join(root, ".dist-"));

/**
 * An ES import of `node:fs` reads all of its exports, one of which loads the promise API and half of readline with it;
 * taking the module itself does not. 10 ms of the start of every yonder.
 */
const builtins: Plugin = {
  name: "builtins",
  setup(on) {
    on.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: "builtin" }));
    on.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({ contents: shimOf(path) }));
  },
};

function shimOf(path: string): string {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(process.getBuiltinModule(path)));
  const names = properties
    .filter(([name, own]) => "value" in own && /^[a-zA-Z]\w*$/.test(name))
    .map(([name]) => name);
  return `export const {${names.join(",")}}=process.getBuiltinModule(${JSON.stringify(path)})`;
}

// One file: each further one costs a millisecond to find. Modules imported on demand are still evaluated on demand.
await build({
  absWorkingDir: root,
  entryPoints: { main: "src/cli/main.ts" },
  outdir: staging,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node22.18",
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: "none",
  plugins: [builtins],
  define: { YONDER_VERSION: JSON.stringify(version) },
});

// The entry turns on V8's compile cache before the bundle loads; a static import would load it first. Where dist/ cannot
// be written, the cache is in the user's own. A driver makes much short-lived garbage and keeps little: without a bound,
// V8 lets the space for it grow to 64 MB, for nothing.
for (const name of ["yonder", "parallel", "sem"]) {
  writeFileSync(
    join(staging, `${name}.js`),
    `#!/usr/bin/env node
const b=process.getBuiltinModule,v=b("v8").setFlagsFromString,c=b("module").enableCompileCache;
v("--max-semi-space-size=4");v("--semi-space-growth-factor=1");
if(c(b("url").fileURLToPath(new URL("./.cache",import.meta.url))).status===0){const e=process.env;c((e.XDG_CACHE_HOME||(e.HOME||"/tmp")+"/.cache")+"/yonder")}
const{main}=await import("./main.js");main(${JSON.stringify(name)});
`,
  );
  chmodSync(join(staging, `${name}.js`), 0o755);
}

// Files are moved one by one over the old ones, entries last, so that a yonder starting now finds a whole set.
const dist = join(root, "dist");
mkdirSync(dist, { recursive: true });
for (const file of ["main.js", "yonder.js", "parallel.js", "sem.js"]) {
  renameSync(join(staging, file), join(dist, file));
}
for (const old of readdirSync(dist)) {
  if (old.startsWith("chunk-")) rmSync(join(dist, old), { force: true });
}
rmSync(staging, { recursive: true });
