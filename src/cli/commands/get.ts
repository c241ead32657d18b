import type { ByteString } from "../../bytes/bytes.ts";
import { fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { stageTree } from "../../store/stage-tree.ts";
import { parseCommand } from "./command-line.ts";
import { cidLine } from "./format.ts";
import { untilInterrupted } from "./interrupted.ts";
import type { CommandIo } from "./io.ts";
import { jsonText } from "./json.ts";
import { findInStore } from "./store-path.ts";

const HELP = `usage: yonder get CID[/path] [-o PATH] [--link] [--json]

Makes a copy of a file or directory of the store, verified. It appears under its name when it is complete; nothing that
is there already is replaced. Where the file system can, the copy shares its blocks with the store until it is changed.

  -o, --output PATH  what the copy is called; the last part of CID/path unless given
  --link             links to the store's own files, which are read-only: never write to them
  --json             one JSON object
`;
const OPTIONS = { output: { type: "string", short: "o" }, link: { type: "boolean" } } as const;

/** @param args bytes */
export async function run(args: readonly ByteString[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [1, 1] }, args, io);
  if (line === undefined) return 0;
  await using store = fsStore(storeDirectory(io.env));
  const { cid, name } = await findInStore(store, line.words[0]!);
  const path = line.value("output") ?? name;
  const whole = await untilInterrupted((signal) =>
    stageTree(store, cid, path, { signal, link: line.flag("link") }),
  );
  if (!whole) return 130;
  if (line.flag("json")) io.write(`${JSON.stringify({ cid, path: jsonText(path) })}\n`);
  else io.write(cidLine(cid, path, io));
  return 0;
}
