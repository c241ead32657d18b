import { join } from "node:path";
import { repository } from "./scratch.ts";

/** What the tests run: the bundle, or another one that is to be tried. */
export const program: string = process.env["YONDER_PROGRAM"] ?? join(repository, "dist", "yonder.cjs");
