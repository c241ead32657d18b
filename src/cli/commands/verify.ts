import { discardIndex } from "../../store/fs/discard-index.ts";
import { type FsStore, fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { parseCommand } from "./command-line.ts";
import { size, table } from "./format.ts";
import type { CommandIo } from "./io.ts";

const HELP = `usage: yonder store verify [--rebuild] [--json]

Reads everything in the store and compares it with its CID. What is damaged is taken out and moved to quarantine/ in the
store's directory, so that putting the same file again mends it. Exit status 1 where something is damaged, or where a
pin or name refers to what is not there.

  --rebuild  first builds the index again, from the files in the store; no other process may use it meanwhile
`;
const OPTIONS = { rebuild: { type: "boolean" } } as const;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [0, 0] }, args, io);
  if (line === undefined) return 0;
  const directory = storeDirectory(io.env);
  if (line.flag("rebuild")) discardIndex(directory);
  await using store: FsStore = fsStore(directory);
  const { blocks, bytes, damaged, missing } = await store.verify();
  const isGood = damaged.length + missing.length === 0;
  if (line.flag("json")) {
    io.write(`${JSON.stringify({ blocks, sizeBytes: bytes, damaged, missing })}\n`);
    return isGood ? 0 : 1;
  }
  const rows = [
    ...damaged.map(({ cid, where }) => [cid, "damaged", where]),
    ...missing.map(({ cid, root }) => [cid, "missing", `below ${root}`]),
  ];
  if (rows.length > 0) io.write(table([["CID", "STATE", "WHERE"], ...rows], io.columns));
  io.note(`${blocks} blocks, ${size(bytes)}: ${isGood ? "all good" : `${rows.length} damaged or missing`}`);
  if (!isGood) io.note("put the files again that had them, or get them from another store");
  return isGood ? 0 : 1;
}
