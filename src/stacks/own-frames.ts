import { readFileSync } from "node:fs";

/** Set by the build: this is a file of the package, beside all others of it. */
declare const IS_LIBRARY: boolean | undefined;

/** Whoever looks into yonder itself asks for all frames. */
export const showsAll: boolean = process.env["YONDER_STACKS"] === "all";

/** A stack without the frames of this package, and without node's around them. */
export function withoutOwnFrames(stack: string): string {
  const own = showsAll ? undefined : (directory ??= ownDirectory()).url;
  if (own === undefined || !stack.includes(own)) return stack;
  const isShown = (line: string): boolean =>
    !/^\s+at /.test(line) || !(line.includes(own) || line.includes("node:internal/"));
  return stack.split("\n").filter(isShown).join("\n");
}

let directory: { readonly url: string | undefined } | undefined;

/** A bundler may have made this file a part of the program, whose frames are not ours. */
function ownDirectory(): { readonly url: string | undefined } {
  if (typeof IS_LIBRARY !== "boolean") return { url: undefined };
  try {
    const about = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    const isOurs = (JSON.parse(about) as { name?: unknown }).name === "yonder-run";
    return { url: isOurs ? new URL("./", import.meta.url).href : undefined };
  } catch {
    return { url: undefined };
  }
}
