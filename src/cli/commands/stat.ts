import type { ByteString } from "../../bytes/bytes.ts";
import { codecOf } from "../../store/cid.ts";
import { fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { type DagStat, statDag } from "../../store/unixfs/stat.ts";
import { parseCommand } from "./command-line.ts";
import { printable, size } from "./format.ts";
import type { CommandIo } from "./io.ts";
import { jsonText } from "./json.ts";
import { findInStore } from "./store-path.ts";

const HELP = `usage: yonder store stat CID[/path]... [--json]

Says what something in the store is: its CID, its type, its size, and how much its blocks take.

  --json  one JSON object a line
`;

/** @param args bytes */
export async function run(args: readonly ByteString[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: {}, words: [1, Infinity] }, args, io);
  if (line === undefined) return 0;
  await using store = fsStore(storeDirectory(io.env));
  for (const [index, word] of line.words.entries()) {
    const { cid } = await findInStore(store, word);
    const stat = await statDag(store, cid);
    const { target, ...rest } = stat;
    const json = {
      cid,
      codec: codecOf(cid),
      ...rest,
      ...(target !== undefined && { target: jsonText(target) }),
    };
    if (line.flag("json")) io.write(`${JSON.stringify(json)}\n`);
    else io.write((index > 0 ? "\n" : "") + text(cid, stat));
  }
  return 0;
}

function text(cid: string, { type, sizeBytes, target, dagBytes, linkCount }: DagStat): string {
  const rows: [string, string][] = [
    ["cid", cid],
    ["type", target === undefined ? type : `symlink to ${printable(target)}`],
    ...(sizeBytes === undefined ? [] : ([["size", exactly(sizeBytes)]] as [string, string][])),
    ["blocks", `${exactly(dagBytes)} together`],
    ["links", `${linkCount} in the root`],
  ];
  return rows.map(([head, value]) => `${head.padEnd(7)} ${value}\n`).join("");
}

function exactly(bytes: number): string {
  return bytes < 1024 ? size(bytes) : `${size(bytes)} (${bytes} B)`;
}
