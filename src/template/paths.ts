import type { ByteString } from "../bytes/bytes.ts";

// What {.} {/} {//} {/.} do, by hand, since nearly every command line uses one of them.

/** s:\.[^/.]*$:: (GNU parallel's manual says +, but "a." gives "a"). */
export function withoutExtension(path: ByteString): ByteString {
  const dot = path.lastIndexOf(".");
  return dot < 0 || path.indexOf("/", dot) >= 0 ? path : path.slice(0, dot);
}

/** s:.*\/:: ; the "." does not cross a newline. */
export function basename(path: ByteString): ByteString {
  if (path.includes("\n")) return path.replace(/[^\n]*\//, "");
  return path.slice(path.lastIndexOf("/") + 1);
}

export function basenameWithoutExtension(path: ByteString): ByteString {
  return withoutExtension(basename(path));
}

/** File::Basename's dirname: trailing slashes do not count, a plain name is in ".", and the root is its own. */
export function dirname(path: ByteString): ByteString {
  const name = withoutTrailingSlashes(path);
  const slash = name.lastIndexOf("/");
  if (slash < 0) return name === "" && path !== "" ? "/" : ".";
  return withoutTrailingSlashes(name.slice(0, slash)) || "/";
}

function withoutTrailingSlashes(path: ByteString): ByteString {
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) === SLASH) end--;
  return path.slice(0, end);
}

const SLASH = 0x2f;
