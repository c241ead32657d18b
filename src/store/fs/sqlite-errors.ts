/** Primary result codes of SQLite: https://sqlite.org/rescode.html */
export const SQLITE = {
  busy: 5,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;
const SQLITE_IO_DELETE_NO_ENTRY = SQLITE.io | (23 << 8);

export function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE.busy;
}

/**
 * Another process has just removed the log that this one was about to: a process that was killed within its first write had
 * left one beside an empty database, and whoever opens that removes it.
 */
export function isLogGone(error: unknown): boolean {
  return (error as { errcode?: number }).errcode === SQLITE_IO_DELETE_NO_ENTRY;
}

/** A file of the store is no database, or not any more; or has a number larger than any that is written there. */
export function isCorrupt(error: unknown): boolean {
  const { errcode = 0, code } = error as { errcode?: number; code?: string };
  return (
    [SQLITE.corrupt, SQLITE.notADatabase].some((one) => one === (errcode & 0xff)) ||
    code === "ERR_OUT_OF_RANGE"
  );
}
