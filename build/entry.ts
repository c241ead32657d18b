// What dist/yonder.cjs is: it looks whether Node is new enough, and starts the bundle beside it. build.ts writes it for Nodes
// that are far too old, so that they come as far as to say so.
import { isNodeUsable, nodeTooOld } from "../src/interface/node-version.ts";
import { loadBundle } from "./load-bundle.ts";

if (isNodeUsable(process.versions.node)) start();
else refuse();

function refuse(): void {
  const { message, remedy } = nodeTooOld(process.versions.node, process.execPath);
  process.stderr.write(`yonder: Error: ${message}.\nyonder: ${remedy}.\n`);
  process.exitCode = 255;
}

function start(): void {
  const { pathToFileURL } = require("node:url") as typeof import("node:url");
  const { setFlagsFromString } = require("node:v8") as typeof import("node:v8");
  // A driver makes much short-lived garbage and keeps little: without a bound, V8 lets the space for it grow to 64 MB, for
  // nothing. The cache is only good with the flags that it was made with.
  setFlagsFromString("--max-semi-space-size=4");
  setFlagsFromString("--semi-space-growth-factor=1");
  // Without it V8 runs what a damaged file of compiled code holds, and crashes.
  setFlagsFromString("--verify-snapshot-checksum");
  loadBundle()(pathToFileURL(__filename).href).main(programName());
}

/** GNU parallel's names are links that lead here; under any other name this is yonder. */
function programName(): "yonder" | "parallel" | "sem" {
  const name = (process.argv[1] ?? "").replace(/^.*\//, "");
  return name === "parallel" || name === "sem" ? name : "yonder";
}
