import { fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { parseCommand } from "./command-line.ts";
import { clock, table } from "./format.ts";
import type { CommandIo } from "./io.ts";

const HELP = `usage: yonder store pins [--json]

Lists what is pinned, the oldest first.
`;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: {}, words: [0, 0] }, args, io);
  if (line === undefined) return 0;
  await using store = fsStore(storeDirectory(io.env));
  const pins = await store.pins();
  if (line.flag("json")) for (const pin of pins) io.write(`${JSON.stringify(pin)}\n`);
  else if (pins.length === 0) io.note("no pins");
  else {
    const rows = pins.map(({ cid, sinceMs, reason }) => [cid, clock(sinceMs), reason]);
    io.write(table([["CID", "SINCE", "REASON"], ...rows], io.columns));
  }
  return 0;
}
