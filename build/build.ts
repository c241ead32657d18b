// Bundles src/ into dist/: the program and what starts it, the library, and the agent.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { NODE_MIN } from "../src/interface/node-version.ts";
import { bundleAgent } from "./agent.ts";
import { ENTRIES } from "./entries.ts";
import { thirdPartyNotices } from "./notices.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const version = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
// Where nothing of a build that is killed is ever taken for a part of the sources.
const staging = mkdtempSync(join(root, "node_modules/.dist-"));

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

// One file: each further one costs a millisecond to find. Modules imported on demand are still evaluated on demand. It is
// one function, which entry.ts compiles and calls.
const program = await build({
  absWorkingDir: root,
  entryPoints: { main: "src/cli/main.ts" },
  outdir: staging,
  bundle: true,
  format: "cjs",
  platform: "node",
  target: `node${NODE_MIN}`,
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: false,
  legalComments: "none",
  charset: "ascii",
  metafile: true,
  plugins: [builtins],
  define: { YONDER_VERSION: JSON.stringify(version), "import.meta.url": "BUNDLE_URL" },
  banner: { js: '"use strict";(function(BUNDLE_URL){const module={exports:{}};' },
  footer: { js: "return module.exports})" },
});

// The library: one file for each way in, and what they share in files of their own. Hosts of tasks are ways in, too.
const library = await build({
  absWorkingDir: root,
  entryPoints: {
    ...ENTRIES,
    worker: "src/launch/thread/worker.ts",
    child: "src/launch/thread/child.ts",
  },
  outdir: join(staging, "lib"),
  bundle: true,
  splitting: true,
  // A program's own copy, where it has one.
  external: ["@opentelemetry/api"],
  format: "esm",
  platform: "node",
  // What an older Node cannot parse would keep it from saying that it is too old.
  target: "node18",
  minifySyntax: true,
  // Where an error is thrown, node shows that line.
  minifyWhitespace: false,
  legalComments: "none",
  charset: "ascii",
  metafile: true,
  define: {
    YONDER_VERSION: JSON.stringify(version),
    IS_LIBRARY: "true",
    HOST_FILES: JSON.stringify({ worker: "./worker.js", child: "./child.js" }),
    AGENT_FILE: JSON.stringify("../agent.mjs"),
  },
});

// What runs on other machines: the library sends it there.
const agent = await bundleAgent(version);
writeFileSync(join(staging, "agent.mjs"), agent.outputFiles[0]!.contents);

// Comments with licences are left out above: this file has them all.
const notices = "THIRD-PARTY-NOTICES";
const inputs = [program, library, agent].flatMap(({ metafile }) => Object.keys(metafile.inputs));
writeFileSync(join(staging, notices), thirdPartyNotices(root, inputs));

const buildId = createHash("sha256")
  .update(readFileSync(join(staging, "main.js")))
  .digest("hex")
  .slice(0, 16);
const entry = "yonder.cjs";
await build({
  absWorkingDir: root,
  entryPoints: ["build/entry.ts"],
  outfile: join(staging, entry),
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node10",
  minifySyntax: true,
  minifyWhitespace: true,
  banner: { js: "#!/usr/bin/env node" },
  define: { BUILD_ID: JSON.stringify(buildId) },
});
chmodSync(join(staging, entry), 0o755);
// For bin/ of a checkout; a package has no links, and `yonder install-names` makes them where they are wanted.
const names = ["parallel", "sem"];
for (const name of names) symlinkSync(entry, join(staging, name));

// A first run fills the cache with what most runs call. It must not fail the build: the cache is made later, then.
spawnSync(process.execPath, [join(staging, entry), "run", "-j2", "echo", ":::", "1", "2"], {
  env: { ...process.env, XDG_STATE_HOME: staging },
});

// Files are moved one by one over the old ones, the entry last, so that a yonder starting now finds a whole set.
const dist = join(root, "dist");
mkdirSync(dist, { recursive: true });
rmSync(join(dist, ".cache"), { recursive: true, force: true });
if (existsSync(join(staging, ".cache"))) renameSync(join(staging, ".cache"), join(dist, ".cache"));
const chunks = Object.keys(library.metafile.outputs).map((path) => join("lib", basename(path)));
mkdirSync(join(dist, "lib"), { recursive: true });
// What others import comes before them.
for (const file of [notices, "agent.mjs", ...chunks.reverse(), "main.js", entry, ...names]) {
  renameSync(join(staging, file), join(dist, file));
}
for (const file of readdirSync(join(dist, "lib"))) {
  if (!chunks.includes(join("lib", file))) rmSync(join(dist, "lib", file));
}
rmSync(staging, { recursive: true });
