import type { ByteString } from "../../bytes/bytes.ts";
import { fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { readFile } from "../../store/unixfs/read-file.ts";
import { parseCommand, sizeOf } from "./command-line.ts";
import type { CommandIo } from "./io.ts";
import { findInStore } from "./store-path.ts";

const HELP = `usage: yonder store cat CID[/path]... [--offset BYTES] [--length BYTES]

Writes files of the store to standard output, each byte verified. Of a part, only the blocks that it touches are read.

  --offset BYTES  leaves out so many at the beginning (such as 10M)
  --length BYTES  writes so many
`;
const OPTIONS = { offset: { type: "string" }, length: { type: "string" } } as const;

/** @param args bytes */
export async function run(args: readonly ByteString[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [1, Infinity] }, args, io);
  if (line === undefined) return 0;
  const startByte = Math.floor(sizeOf(line, "offset") ?? 0);
  const endByte = startByte + Math.floor(sizeOf(line, "length") ?? Infinity);
  await using store = fsStore(storeDirectory(io.env));
  for (const word of line.words) {
    const { cid } = await findInStore(store, word);
    for await (const bytes of readFile(store, cid, { startByte, endByte }))
      io.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  }
  return 0;
}
