import { hostname } from "node:os";
import { type ByteString, bufferOf, encodeText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { makeDirectories } from "../../../directories.ts";
import { homeOf } from "../../../home.ts";
import { YonderError } from "../../../interface/errors.ts";

/**
 * --workdir: the directory in which a job runs; made if it is not there.
 *
 * `.` is where we are, `...` a new directory for each job below ~/.parallel/tmp, other relative names are below the home
 * directory when they start with ~, and below where we are otherwise.
 */
export function workdirOf(name: ByteString, seq: number, env: NodeJS.ProcessEnv): ByteString {
  const home = encodeText(homeOf(env) ?? "");
  if (name === "...") {
    const host = encodeText(hostname());
    return `${home}/.parallel/tmp/${host}-${process.pid}-${seq}`;
  }
  return name === "~" || name.startsWith("~/") ? home + name.slice(1) : name;
}

/** Shell source that runs `command` in a directory, which exists when this returns. */
export function inDirectory(directory: ByteString, command: ByteString): ByteString {
  try {
    makeDirectories(bufferOf(directory));
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `cannot make the directory ${directory} of --workdir`,
      remedy: (cause as Error).message,
      cause,
    });
  }
  return `cd ${quoteWord(directory)} || exit; ${command}`;
}
