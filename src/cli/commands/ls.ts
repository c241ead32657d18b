import type { ByteString } from "../../bytes/bytes.ts";
import { codecOf } from "../../store/cid.ts";
import { type FsStore, fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import type { DirectoryEntry } from "../../store/unixfs/build-directory.ts";
import { listDirectory } from "../../store/unixfs/read-directory.ts";
import { type DagStat, statDag } from "../../store/unixfs/stat.ts";
import { parseCommand } from "./command-line.ts";
import { printable, table } from "./format.ts";
import type { CommandIo } from "./io.ts";
import { jsonText } from "./json.ts";
import { findInStore } from "./store-path.ts";

const HELP = `usage: yonder store ls CID[/path] [--json]

Lists what is in a directory of the store, by name: size in bytes, CID, name.

  --json  one JSON object a line
`;

/** @param args bytes */
export async function run(args: readonly ByteString[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: {}, words: [1, 1] }, args, io);
  if (line === undefined) return 0;
  await using store = fsStore(storeDirectory(io.env));
  const { cid } = await findInStore(store, line.words[0]!);
  const entries: DirectoryEntry[] = [];
  for await (const entry of listDirectory(store, cid)) entries.push(entry);
  entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  const rows: string[][] = [];
  for (const entry of entries) {
    const stat = await statOf(store, entry);
    if (line.flag("json")) io.write(`${JSON.stringify(entryJson(entry, stat))}\n`);
    else rows.push([`${stat.sizeBytes ?? "-"}`, entry.cid, nameText(entry, stat)]);
  }
  if (line.flag("json")) return 0;
  if (rows.length === 0) io.note("an empty directory");
  else io.write(table([["SIZE", "CID", "NAME"], ...rows], io.columns));
  return 0;
}

/** A raw block is a file as long as its link says: it need not be read. */
async function statOf(store: FsStore, { cid, dagBytes }: DirectoryEntry): Promise<DagStat> {
  if (codecOf(cid) === "raw") return { type: "file", sizeBytes: dagBytes, dagBytes, linkCount: 0 };
  return await statDag(store, cid);
}

function nameText({ name }: DirectoryEntry, { type, target }: DagStat): string {
  if (type === "directory") return `${printable(name)}/`;
  return target === undefined ? printable(name) : `${printable(name)} -> ${printable(target)}`;
}

function entryJson({ name, cid }: DirectoryEntry, { type, sizeBytes, dagBytes, target }: DagStat): object {
  const more = target === undefined ? {} : { target: jsonText(target) };
  return { name: jsonText(name), cid, type, sizeBytes, dagBytes, ...more };
}
