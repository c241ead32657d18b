import { fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { parseCommand } from "./command-line.ts";
import type { CommandIo } from "./io.ts";
import { rootOf } from "./root-of.ts";

const HELP = `usage: yonder store unpin CID... [--json]

Takes pins away. What nothing else refers to is then removed by yonder gc, after its grace period. Exit status 1 where
one was not pinned.
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: {}, words: [1, Infinity] }, args, io);
  if (line === undefined) return 0;
  await using store = fsStore(storeDirectory(io.env));
  let exitCode = 0;
  for (const word of line.words) {
    const cid = await rootOf(store, word);
    const wasPinned = await store.unpin(cid);
    if (line.flag("json")) io.write(`${JSON.stringify({ cid, wasPinned })}\n`);
    else if (!wasPinned) io.note(`${cid} was not pinned`);
    if (!wasPinned) exitCode = 1;
  }
  return exitCode;
}
