import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { type ByteString, bufferOf, bytesOf, decodeText, encodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import { crc32 } from "../../../seal/crc32.ts";
import { parseSealed, seal } from "../../../seal/line.ts";

/** The state of an actor after a certain call, as `bytesOfValue` writes it. */
export interface SavedState {
  /** Of the last call that it holds; 0 for the state after the constructor. */
  readonly number: number;
  /** The class, by its name. */
  readonly className: string;
  readonly bytes: Uint8Array;
}

/** Where the states of actors are kept: the newest of each. */
export interface StateStore {
  /** Whole or not at all; it survives a power failure when it resolves. */
  save(directory: string, state: SavedState): Promise<void>;
  /** @throws YonderError STORE_CORRUPT, UNSUPPORTED for a state of a newer Node */
  load(directory: string): Promise<SavedState | undefined>;
}

/** A file for each: a sealed line, which a person can read and which has the checksum of the bytes; then the bytes. */
export const stateFiles: StateStore = {
  async save(directory, { bytes, ...about }) {
    const temporary = join(directory, "state.new");
    const head: Head = { format: 2, ...about, node: NODE_MAJOR, crc32: crc32(bytes) };
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(Buffer.concat([bufferOf(`${seal(encodeText(JSON.stringify(head)))}\n`), bytes]));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(directory, "state"));
  },
  async load(directory) {
    const path = join(directory, "state");
    const whole = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    if (whole === undefined) return undefined;
    const lineEnd = whole.indexOf("\n");
    const head = headOf(bytesOf(whole.subarray(0, Math.max(0, lineEnd))));
    const bytes = whole.subarray(lineEnd + 1);
    if (head === undefined || head.crc32 !== crc32(bytes)) {
      throw new YonderError("STORE_CORRUPT", {
        message: `${path} is not what was written there`,
        remedy: "put the file back from a backup, or remove its directory to begin anew",
      });
    }
    // Newer versions of V8 read what older ones wrote, not the other way round.
    if (head.node > NODE_MAJOR) {
      throw new YonderError("UNSUPPORTED", {
        message: `${path} was written by Node ${head.node}, and this is Node ${NODE_MAJOR}`,
        remedy: `run the program with Node ${head.node} or a newer one`,
      });
    }
    return { number: head.number, className: head.className, bytes };
  },
};

const NODE_MAJOR = Number.parseInt(process.versions.node, 10);

interface Head {
  /** Missing in what was written before heads were sealed. */
  readonly format?: 2;
  readonly number: number;
  readonly className: string;
  readonly node: number;
  readonly crc32: number;
}

function headOf(line: ByteString): Head | undefined {
  const head = parseSealed(line, isOld) as Head | undefined;
  return head && { ...head, className: decodeText(head.className) };
}

function isOld(head: unknown): boolean {
  return typeof head === "object" && head !== null && !("format" in head);
}
