import type { ByteString } from "../../../bytes/bytes.ts";

/** Where a file is here, and where on the host. */
export interface Placed {
  readonly local: ByteString;
  /** Below this the host has the path: the directory in which jobs run there, or `/`. Ends without a slash. */
  readonly base: ByteString;
  /** Relative to `base`, without empty parts and `.`; "" is `base` itself. */
  readonly path: ByteString;
}

/**
 * Where GNU parallel, and so rsync -R, puts a file that is sent: an absolute one at the same place, another below the
 * working directory. Of a path with `/./` only what follows the first of them counts, below the working directory.
 *
 * Undefined where what counts has a `..`: rsync refuses it, for it may lie anywhere.
 */
export function placeSent(file: ByteString, workdir: ByteString): Placed | undefined {
  const rooted = isRooted(file) ? file : `./${file}`;
  const at = rooted.indexOf("/./");
  const counts = at === -1 ? rooted : rooted.slice(at + 3);
  const parts = partsOf(counts);
  if (parts.includes("..")) return undefined;
  return { local: file, base: baseFor(file, at !== -1, workdir), path: parts.join("/") };
}

/**
 * Where a file that comes back is on the host, and where it comes to. An absolute one has the same place in both. Else it
 * is below the working directory there and below the current one here; what stands before the last `/./` is only for
 * here: `out/./a` comes from `a` and goes to `out/a`.
 */
export function placeReturned(file: ByteString, workdir: ByteString): Placed {
  const rooted = isRooted(file) ? file : `./${file}`;
  const at = rooted.lastIndexOf("/./");
  const counts = at === -1 ? rooted : rooted.slice(at + 3);
  return { local: file, base: baseFor(file, at !== -1, workdir), path: partsOf(counts).join("/") };
}

/** A name for every shell and tool there: it starts with `/` or `./`. */
export function remotePath({ base, path }: Pick<Placed, "base" | "path">): ByteString {
  return path === "" ? base || "/" : `${base}/${path}`;
}

/** The directory in which jobs run, as a base. `~` and "" are the login directory. */
export function remoteDirectory(workdir: ByteString): ByteString {
  if (workdir === "~") return ".";
  const parts = partsOf(workdir).join("/");
  if (workdir.startsWith("/")) return parts === "" ? "" : `/${parts}`;
  return parts === "" ? "." : `./${parts}`;
}

/** The directories between its base and a file, innermost first. */
export function directoriesAbove({ base, path }: Placed): ByteString[] {
  return prefixes(path).map((prefix) => `${base}/${prefix}`);
}

/** A base and the directories above it, innermost first, without the login directory and the root. */
export function directoriesOfBase(base: ByteString): ByteString[] {
  const root = base.startsWith("/") ? "/" : "./";
  const path = base.slice(root.length);
  return path === "" ? [] : prefixes(`${path}/`).map((prefix) => `${root}${prefix}`);
}

/** `a/b` and `a` of `a/b/c`. */
export function prefixes(path: ByteString): ByteString[] {
  const parts = path.split("/");
  return parts
    .slice(0, -1)
    .map((_, index) => parts.slice(0, index + 1).join("/"))
    .reverse();
}

function baseFor(file: ByteString, isCut: boolean, workdir: ByteString): ByteString {
  return file.startsWith("/") && !isCut ? "" : remoteDirectory(workdir);
}

function isRooted(file: ByteString): boolean {
  return file.startsWith("/") || file.startsWith("./");
}

function partsOf(path: ByteString): ByteString[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
