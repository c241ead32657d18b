import type { ByteString } from "../bytes/bytes.ts";

const SAFE = /^[-+./0-9A-Z_a-z]+$/;

/**
 * Quotes a value so that every POSIX shell reads it back as one word with the same bytes (NUL excepted, which no
 * argument can hold).
 *
 * The form is GNU parallel's, since people compare what --dry-run prints: 'a b', and a ' as "'" between the parts.
 */
export function shellQuote(value: ByteString): ByteString {
  if (SAFE.test(value)) return value;
  if (!value.includes("'")) return "'" + value + "'";
  return trimEmptyEnds("'" + value.replaceAll("'", `'"'"'`) + "'");
}

/** Quotes n times, for a command that passes through n more shells. */
export function shellQuoteTimes(value: ByteString, times: number): ByteString {
  for (let round = 0; round < times; round++) value = shellQuote(value);
  return value;
}

/** A value that begins or ends with ' would begin or end with an empty '' part. */
function trimEmptyEnds(quoted: ByteString): ByteString {
  const start = quoted.startsWith("''") ? 2 : 0;
  const end = quoted.endsWith("''") ? quoted.length - 2 : quoted.length;
  return quoted.slice(start, end);
}
