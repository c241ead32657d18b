// Imported first by what programs import: a Node that is too old is told so before anything of it is missed.
import { YonderError } from "./errors.ts";
import { isNodeUsable, nodeTooOld } from "./node-version.ts";

if (!isNodeUsable(process.versions.node)) {
  throw new YonderError("NODE", nodeTooOld(process.versions.node, process.execPath));
}
