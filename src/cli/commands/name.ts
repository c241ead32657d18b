import { YonderError } from "../../interface/errors.ts";
import { parseCid } from "../../store/cid.ts";
import { type FsStore, fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { type CommandLine, parseCommand } from "./command-line.ts";
import { clock, table } from "./format.ts";
import type { CommandIo } from "./io.ts";
import { rootOf } from "./root-of.ts";

const HELP = `usage: yonder store name set NAME CID [--expect CID | --absent] | get NAME | list [PREFIX] | rm NAME [--expect CID]

Names for CIDs, such as data/books. What has a name is kept in the store, with all that it refers to.

  --expect CID  only where the name has this CID now: of several that try, one succeeds
  --absent      only where there is no such name
  --json        one JSON object a line
`;
const OPTIONS = { expect: { type: "string" }, absent: { type: "boolean" } } as const;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [1, 3] }, args, io);
  if (line === undefined) return 0;
  const [action = "", ...words] = line.words;
  const counts: Readonly<Record<string, readonly [number, number]>> = {
    set: [2, 2],
    get: [1, 1],
    list: [0, 1],
    rm: [1, 1],
  };
  const [min, max] = (Object.hasOwn(counts, action) ? counts[action] : undefined) ?? [1, 0];
  if (words.length < min || words.length > max) throw usage(`"${line.words.join(" ")}"`);
  await using store = fsStore(storeDirectory(io.env));
  switch (action) {
    case "set":
      return await set(store, line, io, words[0]!, words[1]!);
    case "get":
      return await get(store, line, io, words[0]!);
    case "rm":
      return await remove(store, line, io, words[0]!);
    default:
      return await list(store, line, io, words[0]);
  }
}

async function set(
  store: FsStore,
  line: CommandLine,
  io: CommandIo,
  name: string,
  word: string,
): Promise<number> {
  const expect = line.value("expect");
  if (expect !== undefined && line.flag("absent")) throw usage("--expect and --absent");
  const expected = expect === undefined ? undefined : parseCid(expect);
  const cid = await rootOf(store, word);
  await store.setName(name, cid, line.flag("absent") ? "absent" : expected);
  if (line.flag("json")) io.write(`${JSON.stringify({ name, cid })}\n`);
  return 0;
}

async function get(store: FsStore, line: CommandLine, io: CommandIo, name: string): Promise<number> {
  const cid = await store.getName(name);
  if (cid === undefined) {
    throw new YonderError("STORE_MISSING", {
      message: `there is no name ${name}`,
      remedy: "yonder store name list shows the names",
      exitCode: 1,
    });
  }
  io.write(line.flag("json") ? `${JSON.stringify({ name, cid })}\n` : `${cid}\n`);
  return 0;
}

async function remove(store: FsStore, line: CommandLine, io: CommandIo, name: string): Promise<number> {
  const expect = line.value("expect");
  const removed = await store.removeName(name, expect === undefined ? undefined : parseCid(expect));
  if (line.flag("json")) io.write(`${JSON.stringify({ name, removed })}\n`);
  else if (!removed) io.note(`there was no name ${name}`);
  return removed ? 0 : 1;
}

async function list(
  store: FsStore,
  line: CommandLine,
  io: CommandIo,
  prefix: string | undefined,
): Promise<number> {
  const names = await store.names(prefix);
  if (line.flag("json")) for (const entry of names) io.write(`${JSON.stringify(entry)}\n`);
  else if (names.length === 0) io.note("no names");
  else {
    const rows = names.map(({ name, cid, sinceMs }) => [name, cid, clock(sinceMs)]);
    io.write(table([["NAME", "CID", "SINCE"], ...rows], io.columns));
  }
  return 0;
}

function usage(what: string): YonderError {
  return new YonderError("USAGE", {
    message: `yonder store name: ${what} does not fit`,
    remedy: HELP.split("\n", 1)[0]!,
    exitCode: 2,
  });
}
