import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeTemporaryDirectory } from "../../directories.ts";

/** ssh binds a socket whose path may have some 100 bytes, and puts 17 behind the name that it is given. */
const PARENT_LENGTH_MAX = 60;

/** A directory that only we can enter, with a short path, for the sockets of connections. It goes with the program at last. */
export function socketDirectory(): { readonly path: string; remove(): void } {
  const parent = tmpdir().length <= PARENT_LENGTH_MAX ? tmpdir() : "/tmp";
  const path = makeTemporaryDirectory(join(parent, "yonder-"));
  const removeIt = (): void => rmSync(path, { recursive: true, force: true });
  process.once("exit", removeIt);
  return {
    path,
    remove() {
      process.off("exit", removeIt);
      removeIt();
    },
  };
}
