import type { ByteString } from "../../../bytes/bytes.ts";
import { refuse } from "./cursor.ts";
import type { Run } from "./values.ts";

/** $arg[n]: from 1, or from the end; empty where there is none. */
export function argument(index: number): Run {
  return ({ scope: { args } }) =>
    (index === 0 ? "" : args[index > 0 ? index - 1 : args.length + index]) ?? "";
}

/** $1 or $&, of a match that this evaluation has made itself. */
export function group(name: ByteString): Run {
  const index = name === "&" ? 0 : Number(name);
  if (Number.isNaN(index) || (index === 0 && name !== "&")) refuse();
  return ({ match }) => (match === undefined ? refuse() : (match[index] ?? ""));
}
