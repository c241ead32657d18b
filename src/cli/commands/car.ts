import { closeSync, createReadStream, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Cid } from "../../interface/store.ts";
import { exportCar, importCar } from "../../store/car.ts";
import { type FsStore, fsStore } from "../../store/fs/fs-store.ts";
import { storeDirectory } from "../../store/fs/places.ts";
import { type CommandLine, parseCommand } from "./command-line.ts";
import { size } from "./format.ts";
import { untilInterrupted } from "./interrupted.ts";
import type { CommandIo } from "./io.ts";
import { jsonText } from "./json.ts";
import { findInStore } from "./store-path.ts";

const HELP = `usage: yonder store car export CID[/path]... [-o FILE] | import [FILE...] [--pin] [--json]

CAR files carry what is in a store to another: yonder's, or any of IPFS.

  export  writes what has these CIDs, and all below them, to FILE or to standard output
  import  reads FILEs, or standard input, verifies each block, and prints the CIDs of the roots

  -o, --output FILE  appears when it is complete
  --pin              also pins the roots
  --json             one JSON object a file
`;
const OPTIONS = { output: { type: "string", short: "o" }, pin: { type: "boolean" } } as const;

/** @param args bytes */
export async function run(args: readonly ByteString[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [1, Infinity] }, args, io);
  if (line === undefined) return 0;
  const [action, ...words] = line.words;
  if (action !== "export" && action !== "import")
    throw usage(`"${decodeText(action!)}" is neither export nor import`);
  if (action === "export" && words.length === 0) throw usage("car export needs a CID");
  await using store = fsStore(storeDirectory(io.env));
  return action === "export"
    ? await exportAll(store, words, line, io)
    : await importAll(store, words, line, io);
}

async function exportAll(
  store: FsStore,
  words: readonly ByteString[],
  line: CommandLine,
  io: CommandIo,
): Promise<number> {
  const output = line.value("output");
  if (output === undefined && io.columns !== undefined) throw usage("a CAR file is not for a terminal");
  const roots: Cid[] = [];
  for (const word of words) roots.push((await findInStore(store, word)).cid);
  if (output === undefined) {
    for await (const bytes of exportCar(store, roots))
      io.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    return 0;
  }
  const whole = await untilInterrupted((signal) => writeWhole(output, exportCar(store, roots, { signal })));
  if (whole && line.flag("json")) io.write(`${JSON.stringify({ roots, path: jsonText(output) })}\n`);
  return whole ? 0 : 130;
}

/** The file gets its name when it is complete. */
async function writeWhole(path: ByteString, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const temporary = bufferOf(`${path}.yonder-${process.pid}-${Date.now()}.tmp`);
  const fd = toOutput(path, () => openSync(temporary, "wx"));
  try {
    for await (const bytes of pieces)
      toOutput(path, () => {
        for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
      });
    toOutput(path, () => renameSync(temporary, bufferOf(path)));
  } finally {
    closeSync(fd);
    rmSync(temporary, { force: true });
  }
}

async function importAll(
  store: FsStore,
  words: readonly ByteString[],
  line: CommandLine,
  io: CommandIo,
): Promise<number> {
  let exitCode = 0;
  for (const path of words.length > 0 ? words : ["-"]) {
    const { roots, blocks, sizeBytes } = await importCar(store, sourceOf(path));
    const has = await store.hasBlocks(roots);
    const missing = roots.filter((_, index) => !has[index]);
    if (line.flag("pin"))
      for (const root of roots) if (!missing.includes(root)) await store.pin(root, decodeText(path));
    await store.flush();
    if (line.flag("json"))
      io.write(`${JSON.stringify({ path: jsonText(path), roots, missing, blocks, sizeBytes })}\n`);
    else io.write(roots.map((root) => `${root}\n`).join(""));
    io.note(`${decodeText(path)}: ${blocks} blocks, ${size(sizeBytes)}`);
    for (const root of missing) io.note(`${decodeText(path)} names the root ${root}, but does not have it`);
    if (missing.length > 0) exitCode = 1;
  }
  return exitCode;
}

async function* sourceOf(path: ByteString): AsyncGenerator<Buffer> {
  try {
    yield* path === "-" ? process.stdin : createReadStream(bufferOf(path), { highWaterMark: 1 << 20 });
  } catch (cause) {
    if (cause instanceof YonderError) throw cause;
    throw new YonderError("INPUT", {
      message: `${decodeText(path)} cannot be read: ${(cause as Error).message}`,
      remedy: "check its name and permissions",
      exitCode: 1,
      cause,
    });
  }
}

function toOutput<T>(path: ByteString, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `${decodeText(path)} cannot be written: ${(cause as Error).message}`,
      remedy: "check the directory, its permissions and its room",
      exitCode: 1,
      cause,
    });
  }
}

function usage(message: string): YonderError {
  return new YonderError("USAGE", { message, remedy: HELP.split("\n", 1)[0]!, exitCode: 2 });
}
