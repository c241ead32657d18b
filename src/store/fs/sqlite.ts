/** What a field of a row holds. */
export type Value = string | number | bigint | Uint8Array | null;
export type Row = Record<string, Value>;

type Sqlite = typeof import("node:sqlite");
let loaded: Sqlite | undefined;

/** Loaded when a store is used, not at every start; without Node's notice that the module is young. */
export function sqlite(): Sqlite {
  if (loaded !== undefined) return loaded;
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    loaded = process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
  return loaded;
}
