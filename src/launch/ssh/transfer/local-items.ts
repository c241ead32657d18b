import { lstatSync, opendirSync, readlinkSync, type Stats, statSync } from "node:fs";
import { type ByteString, bufferOf, bytesOf, decodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import { type Placed, prefixes, remotePath } from "./paths.ts";

/** One thing that shall be on a host. */
export interface Item {
  readonly type: "file" | "link" | "fifo" | "directory";
  readonly local: ByteString;
  /** Where it shall be: its directory, and its name in this. */
  readonly directory: ByteString;
  readonly name: ByteString;
  /** The directories that must be there before it, outermost first. */
  readonly above: readonly NewDirectory[];
  readonly mode: number;
  /** Seconds. */
  readonly mtimeS: number;
  readonly size: number;
  /** What tells this state of the file from another one. */
  readonly state: string;
  readonly linkTarget: ByteString;
}

/** A directory that is made where it is missing; then nobody may do there what nobody may do in the one here. */
export interface NewDirectory {
  readonly path: ByteString;
  /** Permissions that group and others do not have, as chmod takes them: `g-rx,o-rx`. */
  readonly denied: ByteString;
}

export function itemTarget({ directory, name }: Pick<Item, "directory" | "name">): ByteString {
  return `${directory}/${name}`;
}

/**
 * What a file or directory consists of, in the order in which it can be made. A link that is named itself is followed, for
 * a job can use nothing else; those below a directory stay links, as with rsync -l.
 *
 * @throws YonderError INPUT where something is not readable here
 */
export function* itemsOf(placed: Placed): Generator<Item> {
  const stat = statOf(placed.local, true);
  const above = [{ path: placed.base || "/", denied: "" }, ...impliedDirectories(placed)];
  if (stat.isDirectory()) yield* below(placed.local, remotePath(placed), stat, above);
  else yield item(placed.local, remotePath(placed), stat, above);
}

function* below(
  local: ByteString,
  target: ByteString,
  stat: Stats,
  outer: readonly NewDirectory[],
): Generator<Item> {
  const above = [...outer, { path: target, denied: deniedBy(stat.mode) }];
  yield item(local, target, stat, above);
  const directory = readable(local, () => opendirSync(bufferOf(local), { encoding: "latin1" }));
  try {
    for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
      const path = `${local.replace(/\/+$/, "")}/${entry.name}`;
      const stats = statOf(path, false);
      if (stats.isDirectory()) yield* below(path, `${target}/${entry.name}`, stats, above);
      else if (!stats.isSocket()) yield item(path, `${target}/${entry.name}`, stats, above);
    }
  } finally {
    directory.closeSync();
  }
}

function item(local: ByteString, target: ByteString, stat: Stats, above: readonly NewDirectory[]): Item {
  const slash = target.lastIndexOf("/");
  const type = typeOf(local, stat);
  return {
    type,
    local,
    directory: target.slice(0, slash),
    name: target.slice(slash + 1),
    above,
    ...versionOf(stat),
    linkTarget:
      type === "link"
        ? readable(local, () => bytesOf(readlinkSync(bufferOf(local), { encoding: "buffer" })))
        : "",
  };
}

export function versionOf(stat: Stats): Pick<Item, "mode" | "mtimeS" | "size" | "state"> {
  const { dev, ino, size, mtimeMs, mode } = stat;
  return {
    mode: mode & 0o777,
    mtimeS: Math.floor(mtimeMs / 1000),
    size: stat.isFile() ? size : 0,
    state: `${dev} ${ino} ${size} ${mtimeMs}`,
  };
}

function typeOf(local: ByteString, stat: Stats): Item["type"] {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "directory";
  if (stat.isSymbolicLink()) return "link";
  if (stat.isFIFO()) return "fifo";
  throw new YonderError("INPUT", {
    message: `${decodeText(local)} is neither a file nor a directory, and cannot be sent`,
  });
}

/** The directories of a path, with those here that they come from. */
function impliedDirectories({ local, base, path }: Placed): NewDirectory[] {
  const levels = prefixes(path).reverse();
  // `local` ends with `path`, but for superfluous slashes.
  const parts = local.split("/").filter((part) => part !== "" && part !== ".");
  const outer = parts.length - path.split("/").length;
  const root = local.startsWith("/") ? "/" : "";
  return levels.map((level, index) => {
    const here = root + parts.slice(0, outer + index + 1).join("/");
    const mode = statSync(bufferOf(here), { throwIfNoEntry: false })?.mode ?? 0o755;
    return { path: `${base}/${level}`, denied: deniedBy(mode) };
  });
}

/** Reading and entering: what may be written is for the umask of the host to say. */
function deniedBy(mode: number): ByteString {
  const missing = (bits: number): string =>
    `${(mode & (bits & 0o044)) === 0 ? "r" : ""}${(mode & (bits & 0o011)) === 0 ? "x" : ""}`;
  const [group, others] = [missing(0o070), missing(0o007)];
  return [group && `g-${group}`, others && `o-${others}`].filter((part) => part !== "").join(",");
}

function statOf(path: ByteString, follows: boolean): Stats {
  return readable(path, () => (follows ? statSync : lstatSync)(bufferOf(path)));
}

/** @throws YonderError INPUT */
export function readable<T>(path: ByteString, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw notReadable(path, error);
  }
}

export function notReadable(path: ByteString, error: unknown): YonderError {
  const { code, message } = error as NodeJS.ErrnoException;
  const causes: Readonly<Record<string, string>> = {
    ENOENT: "no such file",
    ENOTDIR: "no such file",
    EACCES: "permission denied",
  };
  return new YonderError("INPUT", {
    message: `cannot read ${decodeText(path)}: ${causes[code ?? ""] ?? message}`,
    cause: error,
  });
}
