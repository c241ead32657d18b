import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Cid, CidProfile, PutProgress } from "../../interface/store.ts";
import { type FsStore, fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { putAhead } from "../../store/put-ahead.ts";
import { buildSymlink } from "../../store/unixfs/build-directory.ts";
import { fileBlocks } from "../../store/unixfs/build-file.ts";
import { DEFAULT_PROFILE, PROFILES } from "../../store/unixfs/profile.ts";
import { choiceOf, parseCommand } from "./command-line.ts";
import { cidLine, size } from "./format.ts";
import type { CommandIo } from "./io.ts";
import { jsonText } from "./json.ts";

const HELP = `usage: yonder put PATH... [--name NAME] [--pin] [--hidden] [--cid-profile PROFILE] [--json]

Puts files and directories into the store and prints their CIDs. The same content has the same CID everywhere; what has
not changed since is not read again. - is standard input. What nothing refers to is removed by yonder gc after 14 days.

  --name NAME  also gives it a name, such as data/books, which keeps it
  --pin        also pins it, which keeps it
  --hidden     of directories also what begins with a dot
  --cid-profile PROFILE
               unixfs-v1-2025 (the default): as ipfs add does with the profile of that name;
               kubo-cidv1: as ipfs add --cid-version=1 does without one
  --json       one JSON object a line

Symbolic links are kept as links. Modes and times of files are not kept.
`;
const OPTIONS = {
  name: { type: "string" },
  pin: { type: "boolean" },
  hidden: { type: "boolean" },
  "cid-profile": { type: "string" },
} as const;

/** @param args bytes */
export async function run(args: readonly ByteString[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [1, Infinity] }, args, io);
  if (line === undefined) return 0;
  const name = line.value("name");
  if (name !== undefined && line.words.length > 1) throw usage("--name is for one PATH");
  const profile = choiceOf(line, "cid-profile", Object.keys(PROFILES) as CidProfile[]) ?? DEFAULT_PROFILE;
  await using store = fsStore(storeDirectory(io.env));
  using watched = watch(io);
  const options = { profile, hidden: line.flag("hidden"), progress: watched.progress };
  for (const path of line.words) {
    const stored = await put(store, path, options);
    if (line.flag("pin")) await store.pin(stored.cid, decodeText(path));
    if (name !== undefined) await store.setName(decodeText(name), stored.cid);
    await store.flush();
    watched.clear();
    if (line.flag("json")) io.write(`${JSON.stringify({ path: jsonText(path), ...stored })}\n`);
    else io.write(cidLine(stored.cid, path, io));
  }
  return 0;
}

interface Stored {
  readonly cid: Cid;
  readonly type: "file" | "directory" | "symlink";
  readonly sizeBytes: number;
  readonly dagBytes: number;
  readonly files: number;
  readonly unchangedFiles: number;
}

interface Options {
  readonly profile: CidProfile;
  readonly hidden: boolean;
  readonly progress: PutProgress;
}

async function put(store: FsStore, path: ByteString, options: Options): Promise<Stored> {
  if (path === "-") return await putStandardInput(store, options);
  const stat = lookAt(path);
  if (stat.isDirectory()) return { type: "directory", ...(await store.putTree(bufferOf(path), options)) };
  if (stat.isSymbolicLink()) return await putLink(store, path);
  const { unchanged, ...stored } = await store.putFile(bufferOf(path), options);
  return { type: "file", ...stored, files: 1, unchangedFiles: unchanged ? 1 : 0 };
}

async function putLink(store: FsStore, path: ByteString): Promise<Stored> {
  const puts: Promise<void>[] = [];
  const { cid, dagBytes } = buildSymlink(readlinkSync(bufferOf(path), "latin1"), (block) =>
    puts.push(store.putBlock(block.cid, block.bytes)),
  );
  await Promise.all(puts);
  return { type: "symlink", cid, sizeBytes: 0, dagBytes, files: 0, unchangedFiles: 0 };
}

async function putStandardInput(store: FsStore, { profile, progress }: Options): Promise<Stored> {
  const blocks = fileBlocks(counted(process.stdin, progress), profile);
  const { cid, contentBytes, dagBytes } = await putAhead(store, blocks);
  progress.files++;
  return { type: "file", cid, sizeBytes: contentBytes, dagBytes, files: 1, unchangedFiles: 0 };
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  progress: PutProgress,
): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    progress.bytes += piece.length;
    yield piece;
  }
}

function lookAt(path: ByteString): Stats {
  try {
    return lstatSync(bufferOf(path));
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new YonderError("INPUT", {
      message: `${decodeText(path)} ${isMissing ? "is not there" : `cannot be read: ${(cause as Error).message}`}`,
      remedy: "check its name and permissions",
      exitCode: 1,
      cause,
    });
  }
}

function usage(message: string): YonderError {
  return new YonderError("USAGE", { message, remedy: HELP.split("\n", 1)[0]!, exitCode: 2 });
}

const SHOW_AFTER_MS = 500;
const SHOW_EVERY_MS = 200;

/** On a terminal, shows how far a long put is. */
function watch(io: CommandIo): Disposable & { progress: PutProgress; clear(): void } {
  const progress = { files: 0, bytes: 0 };
  const sinceMs = performance.now();
  let isShown = false;
  const timer = setInterval(() => {
    const ms = performance.now() - sinceMs;
    if (ms < SHOW_AFTER_MS) return;
    isShown = true;
    const perSecond = size((progress.bytes / ms) * 1000);
    io.progress?.(`put: ${progress.files} files, ${size(progress.bytes)}, ${perSecond}/s`);
  }, SHOW_EVERY_MS).unref();
  const clear = (): void => {
    if (isShown) io.progress?.("");
    isShown = false;
  };
  return {
    progress,
    clear,
    [Symbol.dispose]: () => {
      clearInterval(timer);
      clear();
    },
  };
}
