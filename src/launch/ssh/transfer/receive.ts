import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fchmodSync,
  futimesSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../../../bytes/bytes.ts";
import { makeDirectories } from "../../../directories.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { TarEvents, TarRead } from "./tar-read.ts";

/** Where an archive's entries go: the name of each of its roots, and the path that this has here. */
export interface Root {
  readonly name: ByteString;
  readonly local: ByteString;
}

export interface Received extends TarEvents {
  /** All has come: puts it in its place. Resolves each root to its bytes, or why it cannot be written here. */
  place(): ReadonlyMap<Root, number | YonderError>;
  /** Leaves nothing of it. */
  discard(): void;
}

/**
 * Writes files beside their places as they come. Roots are expected in their order. What is in none of them, or would
 * lead out of it, is not taken: a host has no say in where files go here.
 */
export function receive(roots: readonly Root[]): Received {
  const token = randomBytes(6).toString("hex");
  const results = new Map<Root, number | YonderError>();
  const staged: { readonly temporary: ByteString; readonly path: ByteString; readonly root: Root }[] = [];
  const links: { readonly target: ByteString; readonly path: ByteString; readonly root: Root }[] = [];
  const newDirectories: { readonly path: ByteString; readonly mode: number }[] = [];
  /** By the name in the archive, for hard links. */
  const temporaries = new Map<ByteString, ByteString>();
  let at = -1;
  let file: { readonly fd: number; readonly entry: TarRead; readonly root: Root } | undefined;

  /** Does it for a root, unless something of this has failed before. */
  function attempt(root: Root, path: ByteString, act: () => void): void {
    if (typeof results.get(root) === "object") return;
    try {
      act();
    } catch (error) {
      results.set(root, notWritable(path, error));
    }
  }

  function endFile(): void {
    if (file === undefined) return;
    const { fd, entry, root } = file;
    file = undefined;
    attempt(root, root.local, () => {
      fchmodSync(fd, entry.mode & 0o777);
      futimesSync(fd, entry.mtimeS, entry.mtimeS);
    });
    closeSync(fd);
  }

  /** The root of an entry, and its path here. */
  function placeOf(name: ByteString): { root: Root; path: ByteString } | undefined {
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    const rest = parts.slice(1);
    if (rest.includes("..")) return undefined;
    const isNext = rest.length === 0 || roots[at]?.name !== parts[0];
    if (isNext) {
      const next = roots.findIndex((root, index) => index > at && root.name === parts[0]);
      if (next === -1) return undefined;
      at = next;
    }
    const root = roots[at]!;
    return { root, path: [root.local, ...rest].join("/") };
  }

  function stage(path: ByteString, root: Root, entry: TarRead): ByteString {
    const slash = path.lastIndexOf("/");
    const parent = path.slice(0, slash + 1);
    if (parent !== "") makeDirectory(parent, undefined);
    const temporary = `${parent}.yonder-${token}.${staged.length}`;
    staged.push({ temporary, path, root });
    temporaries.set(entry.name, temporary);
    return temporary;
  }

  function makeDirectory(path: ByteString, mode: number | undefined): void {
    const isNew = !existsSync(bufferOf(path));
    if (!isNew) return;
    makeDirectories(bufferOf(path));
    if (mode !== undefined) newDirectories.push({ path, mode });
  }

  return {
    onEntry(entry) {
      endFile();
      const place = placeOf(entry.name);
      if (place === undefined) return;
      const { root, path } = place;
      if (!results.has(root)) results.set(root, 0);
      attempt(root, path, () => {
        if (entry.type === "file") {
          file = { fd: openSync(bufferOf(stage(path, root, entry)), "wx"), entry, root };
        } else if (entry.type === "hardlink") {
          const source = temporaries.get(entry.linkTarget);
          if (source === undefined) throw new Error(`${decodeText(entry.linkTarget)} has not come`);
          const copy = bufferOf(stage(path, root, entry));
          copyFileSync(bufferOf(source), copy);
          utimesSync(copy, entry.mtimeS, entry.mtimeS);
        } else if (entry.type === "directory") makeDirectory(path, entry.mode & 0o777);
        else if (entry.type === "link") links.push({ target: entry.linkTarget, path, root });
      });
    },
    onBytes(bytes) {
      if (file === undefined) return;
      const { fd, root } = file;
      attempt(root, root.local, () => {
        for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
        results.set(root, (results.get(root) as number) + bytes.length);
      });
    },
    place() {
      endFile();
      for (const { temporary, path, root } of staged) {
        attempt(root, path, () => renameSync(bufferOf(temporary), bufferOf(path)));
        if (typeof results.get(root) === "object") rmSync(bufferOf(temporary), { force: true });
      }
      // Last, so that nothing is written through one of them.
      for (const { target, path, root } of links) {
        attempt(root, path, () => {
          rmSync(bufferOf(path), { force: true });
          symlinkSync(bufferOf(target), bufferOf(path));
        });
      }
      for (const { path, mode } of newDirectories.reverse()) chmodSync(bufferOf(path), mode);
      return results;
    },
    discard() {
      endFile();
      for (const { temporary } of staged) rmSync(bufferOf(temporary), { force: true });
    },
  };
}

export function notWritable(path: ByteString, error: unknown): YonderError {
  const { code, message } = error as NodeJS.ErrnoException;
  const causes: Readonly<Record<string, string>> = {
    ENOSPC: "no space left on device",
    EDQUOT: "disk quota exceeded",
    EACCES: "permission denied",
    EROFS: "read-only file system",
    EISDIR: "a directory is in its way",
    ENOTDIR: "a file is in its way",
    EEXIST: "a file is in its way",
  };
  return new YonderError("OUTPUT", {
    message: `cannot write ${decodeText(path)}: ${causes[code ?? ""] ?? message}`,
    cause: error,
  });
}
