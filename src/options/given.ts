import type { ByteString } from "../bytes/bytes.ts";
import type { Occurrence } from "./getopt.ts";

/** Which options were given, from all sources together, later ones last. Names are those of the table's rows. */
export interface Given {
  flag(name: string): boolean;
  count(name: string): number;
  /** The value that counts; undefined where the option was not given, "" where its value was left out. */
  last(name: string): ByteString | undefined;
  all(name: string): readonly ByteString[];
}

export function given(occurrences: readonly Occurrence[]): Given {
  const values = new Map<string, ByteString[]>();
  for (const { row, value } of occurrences) {
    const list = values.get(row.name);
    if (list) list.push(value ?? "");
    else values.set(row.name, [value ?? ""]);
  }
  return {
    flag: (name) => values.has(name),
    count: (name) => values.get(name)?.length ?? 0,
    last: (name) => values.get(name)?.at(-1),
    all: (name) => values.get(name) ?? [],
  };
}
