import { fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { parseCommand } from "./command-line.ts";
import type { CommandIo } from "./io.ts";
import { rootOf } from "./root-of.ts";

const HELP = `usage: yonder pin CID... [--reason TEXT] [--json]

Keeps what has these CIDs, and all that they refer to, in the store until yonder store unpin.

  --reason TEXT  why, for whoever reads yonder store pins
`;
const OPTIONS = { reason: { type: "string" } } as const;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [1, Infinity] }, args, io);
  if (line === undefined) return 0;
  await using store = fsStore(storeDirectory(io.env));
  for (const word of line.words) {
    const cid = await rootOf(store, word);
    await store.pin(cid, line.value("reason"));
    io.write(line.flag("json") ? `${JSON.stringify({ cid, pinned: true })}\n` : `${cid}\n`);
  }
  return 0;
}
