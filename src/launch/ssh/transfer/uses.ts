import type { ByteString } from "../../../bytes/bytes.ts";
import {
  directoriesAbove,
  type Placed,
  placeReturned,
  placeSent,
  remoteDirectory,
  remotePath,
} from "./paths.ts";

/** What nobody needs any more. */
export interface Unused {
  readonly files: readonly ByteString[];
  /** Directories that had some of them, and have no other file that somebody needs; inner ones first. */
  readonly directories: readonly ByteString[];
  /** A working directory that no job is in, and that has had files; as a base. */
  readonly workdir: ByteString | undefined;
}

/** Which jobs need which files and working directories: what several have asked for goes with the last of them. */
export interface Uses {
  add(files: readonly ByteString[], workdir: ByteString): void;
  release(files: readonly ByteString[], workdir: ByteString): Unused;
}

export function openUses(): Uses {
  const ofFiles = counter();
  const ofDirectories = counter();
  const ofWorkdirs = counter();
  const hadFiles = new Set<ByteString>();

  /** Where it is on the host, unless others need it. */
  function releaseFile(file: ByteString, workdir: ByteString): Placed | undefined {
    const sent = placeSent(file, workdir);
    if (sent === undefined || !ofFiles.has(remotePath(sent))) return placeReturned(file, workdir);
    for (const directory of directoriesAbove(sent)) ofDirectories.remove(directory);
    return ofFiles.remove(remotePath(sent)) ? sent : undefined;
  }

  return {
    add(files, workdir) {
      ofWorkdirs.add(remoteDirectory(workdir));
      for (const file of files) {
        const placed = placeSent(file, workdir);
        if (placed === undefined) continue;
        ofFiles.add(remotePath(placed));
        for (const directory of directoriesAbove(placed)) ofDirectories.add(directory);
      }
    },
    release(files, workdir) {
      const base = remoteDirectory(workdir);
      const unused = files.map((file) => releaseFile(file, workdir)).filter((placed) => placed !== undefined);
      if (unused.some((placed) => placed.base === base)) hadFiles.add(base);
      const isLast = ofWorkdirs.remove(base) && hadFiles.delete(base);
      const directories = new Set(
        unused.flatMap(directoriesAbove).filter((path) => !ofDirectories.has(path)),
      );
      return {
        files: [...new Set(unused.map(remotePath))],
        directories: [...directories].sort((a, b) => depth(b) - depth(a)),
        workdir: isLast ? base : undefined,
      };
    },
  };
}

function depth(path: ByteString): number {
  return path.split("/").length;
}

function counter() {
  const counts = new Map<ByteString, number>();
  return {
    add: (name: ByteString): void => void counts.set(name, (counts.get(name) ?? 0) + 1),
    has: (name: ByteString): boolean => counts.has(name),
    /** True where none is left. */
    remove(name: ByteString): boolean {
      const left = (counts.get(name) ?? 1) - 1;
      if (left === 0) counts.delete(name);
      else counts.set(name, left);
      return left === 0;
    },
  };
}
