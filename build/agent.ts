// Bundles the agent: the one file that node runs on other machines.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildResult, build } from "esbuild";
import { NODE_MIN } from "../src/interface/node-version.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What it is made of is in `metafile`; nothing is written. */
export function bundleAgent(version: string): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
    absWorkingDir: root,
    entryPoints: { agent: "src/agent/main.ts" },
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: `node${NODE_MIN}`,
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    charset: "ascii",
    metafile: true,
    define: {
      YONDER_VERSION: JSON.stringify(version),
      // Its threads and processes run the same file.
      HOST_FILES: JSON.stringify({ worker: "", child: "" }),
    },
  });
}
