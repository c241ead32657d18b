import { type ByteString, decodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { Connection } from "../connection.ts";

/** Which way a file went. */
export type Way = "to" | "from";

/** A file that does not get to a host, or from it: which, where and why. */
export function hostError(
  connection: Connection,
  way: Way,
  file: ByteString,
  cause: ByteString,
): YonderError {
  return hostFailure(connection, `cannot ${way === "to" ? "send" : "fetch"} ${decodeText(file)}`, cause);
}

/** @param cause what programs there have said */
export function hostFailure(connection: Connection, failure: string, cause: ByteString): YonderError {
  const reason = reasonIn(cause);
  const remedy = REMEDIES.find(([pattern]) => pattern.test(reason))?.[1];
  return new YonderError("HOST", {
    message: `${decodeText(connection.login.name)}: ${failure}: ${reason}`,
    ...(remedy !== undefined && { remedy }),
  });
}

/** Programs say it in their own ways, and often more than once: what the system has said is in it as it is. */
function reasonIn(cause: ByteString): string {
  if (SHORT_WRITE.test(cause)) return "no space left on device";
  const known = KNOWN.exec(cause)?.[0];
  if (known !== undefined) return known.toLowerCase();
  const lines = decodeText(cause).split("\n");
  return lines.map((line) => line.trim()).find((line) => line !== "") ?? "it failed without a word";
}

const KNOWN =
  /No space left on device|Disk quota exceeded|Permission denied|Operation not permitted|Read-only file system|File name too long|Not a directory|Is a directory|Directory not empty|Input\/output error|File too large/i;

/** So GNU tar says it, where some bytes still found room. */
const SHORT_WRITE = /Wrote only \d+ of \d+ bytes/;

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/no space|quota/, "make room there, or choose another place with --workdir"],
  [/permission|not permitted|read-only/, "choose a place that you may write to with --workdir"],
];
