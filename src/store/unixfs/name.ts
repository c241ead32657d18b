import type { ByteString } from "../../bytes/bytes.ts";

/** True for the name of one thing in a directory, as POSIX has it. */
export function isName(name: ByteString): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name);
}
