import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { nearest } from "./nearest.ts";
import type { OptionRow } from "./table/row.ts";
import { optionTable } from "./table/table.ts";

/** Finds the rows of options by the names that people type. */
export interface Lookup {
  /** By a whole name or an abbreviation that fits one option only; capitals do not matter. Throws where none fits. */
  long(typed: ByteString): OptionRow;
  /** By its letter; capitals matter. Throws where there is none. */
  letter(typed: ByteString): OptionRow;
}

/** `own`: with yonder's own options, as `yonder run` has them; without, the names are those of GNU parallel. */
export function lookup(own: boolean): Lookup {
  const names = nameIndex(own);
  return {
    long: (typed) => findLong(names, typed),
    letter: (typed) => names.get(typed) ?? unknown(names, typed),
  };
}

type Names = ReadonlyMap<string, OptionRow>;

const indexes = new Map<boolean, Names>();

function nameIndex(own: boolean): Names {
  const made = indexes.get(own);
  if (made) return made;
  const names = new Map<string, OptionRow>();
  for (const row of optionTable) {
    if (row.own && !own) continue;
    for (const name of [row.name, ...(row.aliases ?? [])]) names.set(name, row);
  }
  indexes.set(own, names);
  return names;
}

function findLong(names: Names, typed: ByteString): OptionRow {
  const wanted = typed.toLowerCase();
  const exact = names.get(wanted);
  if (exact) return exact;
  const begun = [...names.keys()].filter((name) => wanted !== "" && name.startsWith(wanted));
  // What GNU parallel understands keeps its meaning: yonder's own options never make an abbreviation ambiguous.
  const gnu = begun.filter((name) => !names.get(name)?.own);
  const candidates = gnu.length > 0 ? gnu : begun;
  const rows = new Set(candidates.map((name) => names.get(name)));
  const [row] = rows;
  if (!row) return unknown(names, typed);
  if (rows.size === 1) return row;
  throw new YonderError("USAGE", {
    message: `Option ${typed} is ambiguous (${candidates.sort().join(", ")})`,
    remedy: "write more of its name",
  });
}

function unknown(names: Names, typed: ByteString): never {
  const shown = [...names].filter(([, row]) => !row.hidden).map(([name]) => name);
  const near = typed.length > 1 ? nearest(typed.toLowerCase(), shown) : undefined;
  throw new YonderError("USAGE", {
    message: `Unknown option: ${typed}`,
    remedy: near ? `did you mean ${near.length > 1 ? "--" : "-"}${near}?` : "--help shows the options",
  });
}
