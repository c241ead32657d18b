import type { ByteString } from "../../../bytes/bytes.ts";
import { type Cursor, refuse, skipBlanks } from "./cursor.ts";
import { LOW_OR } from "./operators.ts";
import type { Run } from "./values.ts";

/** Perl code that is being read, with what $$1, $$2 stand for. */
export interface Source extends Cursor {
  readonly groups: readonly ByteString[];
  /** An expression of operators of this level and above: parseExpression, for the words that have expressions in them. */
  readonly parse: (source: Source, level: number) => Run;
}

/** One expression, and nothing behind it. */
export function parseWhole(source: Source): Run {
  const run = source.parse(source, LOW_OR);
  skipBlanks(source);
  return source.at < source.text.length ? refuse() : run;
}
