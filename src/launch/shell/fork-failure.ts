import type { ByteString } from "../../bytes/bytes.ts";

/**
 * Whether the last line of what a slot shell has said, before it ended, is that it could not make a process: what it was to
 * run has not run then. `sh: 0: Cannot fork` (dash), `bash: fork: Resource temporarily unavailable`, `sh: can't fork` (ash).
 */
export function saysCannotFork(said: ByteString): boolean {
  const last = said.trimEnd().split("\n").at(-1) ?? "";
  return /^\S*sh: (?:.*: )?(?:cannot fork\b|can't fork\b|fork: )/i.test(last);
}
