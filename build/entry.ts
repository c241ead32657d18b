// What dist/yonder.cjs is: it looks whether Node is new enough, and starts the bundle beside it. build.ts writes it for Nodes
// that are far too old, so that they come as far as to say so.
import { isNodeUsable, nodeTooOld } from "../src/interface/node-version.ts";
import { boundGarbage, loadBundle } from "./load-bundle.ts";

if (isNodeUsable(process.versions.node)) start();
else refuse();

function refuse(): void {
  const { message, remedy } = nodeTooOld(process.versions.node, process.execPath);
  process.stderr.write(`yonder: Error: ${message}.\nyonder: ${remedy}.\n`);
  process.exitCode = 255;
}

function start(): void {
  const { pathToFileURL } = require("node:url") as typeof import("node:url");
  const { main, isCodeKept } = loadBundle(pathToFileURL(__filename).href);
  main(programName());
  // Once everything is loaded: Node has compiled its own modules for the flags that V8 starts with, and would otherwise
  // compile each anew. The code that this run leaves to others is for these flags, too.
  if (isCodeKept) setImmediate(boundGarbage);
}

/** GNU parallel's names are links that lead here; under any other name this is yonder. */
function programName(): "yonder" | "parallel" | "sem" {
  const name = (process.argv[1] ?? "").replace(/^.*\//, "");
  return name === "parallel" || name === "sem" ? name : "yonder";
}
