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
import { build } from "esbuild";
import { bundleAgent } from "./agent.ts";
import { ENTRIES } from "./entries.ts";
import { thirdPartyNotices } from "./notices.ts";
import { bundleProgram } from "./program.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const version = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
// Where nothing of a build that is killed is ever taken for a part of the sources.
const staging = mkdtempSync(join(root, "node_modules/.dist-"));

const program = await bundleProgram(root, version);
for (const name of ["main", "later"] as const)
  writeFileSync(join(staging, `${name}.js`), program[name], "latin1");

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
const inputs = [
  program.inputs,
  ...[library, agent].map(({ metafile }) => Object.keys(metafile.inputs)),
].flat();
writeFileSync(join(staging, notices), thirdPartyNotices(root, inputs));

const buildId = createHash("sha256").update(program.main).update(program.later).digest("hex").slice(0, 16);
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

// First runs fill the caches with what most runs call. They must not fail the build: a cache is made later, then.
for (const words of [["run", "-j2", "echo", ":::", "1", "2"], ["jobs"]]) {
  spawnSync(process.execPath, [join(staging, entry), ...words], {
    env: { ...process.env, XDG_STATE_HOME: staging },
  });
}

// Files are moved one by one over the old ones, the entry last, so that a yonder starting now finds a whole set.
const dist = join(root, "dist");
mkdirSync(dist, { recursive: true });
rmSync(join(dist, ".cache"), { recursive: true, force: true });
if (existsSync(join(staging, ".cache"))) renameSync(join(staging, ".cache"), join(dist, ".cache"));
const chunks = Object.keys(library.metafile.outputs).map((path) => join("lib", basename(path)));
mkdirSync(join(dist, "lib"), { recursive: true });
// What others import comes before them.
for (const file of [notices, "agent.mjs", ...chunks.reverse(), "later.js", "main.js", entry, ...names]) {
  renameSync(join(staging, file), join(dist, file));
}
for (const file of readdirSync(join(dist, "lib"))) {
  if (!chunks.includes(join("lib", file))) rmSync(join(dist, "lib", file));
}
rmSync(staging, { recursive: true });
