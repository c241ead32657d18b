import { createHash, hash as hashOf } from "node:crypto";
import { type BigIntStats, statSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import type { ActionCache, ActionKey } from "../interface/store.ts";
import { isSettled, nowNs, stateOf } from "../store/fs/stat-cache.ts";
import { actionKey } from "./key.ts";

/** Hashes of files by content. A file whose stat is that of an earlier look is not read again, in this process or another. */
export interface FileHasher {
  /**
   * The SHA-256 of each, in hexadecimal; undefined for what is no regular file, or cannot be read.
   *
   * @throws what the cache throws
   */
  hash(paths: readonly (string | Buffer)[]): Promise<(string | undefined)[]>;
}

const READ_BYTES = 1 << 20;
/** Files read at a time. */
const READS_MAX = 8;

export function fileHasher(cache: ActionCache): FileHasher {
  return {
    async hash(paths) {
      const looks = paths.map(look);
      const keys = looks.flatMap((one) => (one === undefined ? [] : [one.key]));
      const records = keys.length === 0 ? [] : await cache.getActions(keys);
      const hashes: (string | undefined)[] = [];
      const unknown: number[] = [];
      let at = 0;
      for (const [index, one] of looks.entries()) {
        const record = one && records[at++];
        hashes.push(record && Buffer.from(record.value).toString());
        if (one !== undefined && record === undefined) unknown.push(index);
      }
      await inParallel(unknown, async (index) => {
        hashes[index] = await read(cache, paths[index]!);
      });
      return hashes;
    },
  };
}

function look(path: string | Buffer): { key: ActionKey } | undefined {
  const stat = statOf(path);
  return stat?.isFile() ? { key: stateKey(stat) } : undefined;
}

function statOf(path: string | Buffer): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // a name that is too long, or a file in its way
  }
}

function stateKey(stat: BigIntStats): ActionKey {
  const { dev, ino, stat: text } = stateOf(stat);
  return actionKey("file", `${dev} ${ino} ${text}`);
}

/** Undefined where it cannot be read, or is written to meanwhile. */
async function read(cache: ActionCache, path: string | Buffer): Promise<string | undefined> {
  const readNs = nowNs();
  const before = statOf(path);
  if (before === undefined) return undefined;
  const hash = await contentHash(path, before.size).catch(() => undefined);
  const after = statOf(path);
  if (hash === undefined || after === undefined || stateKey(after) !== stateKey(before)) return undefined;
  if (isSettled(before, readNs)) {
    await cache.putAction(stateKey(before), { value: Buffer.from(hash), outputs: [] });
  }
  return hash;
}

async function contentHash(path: string | Buffer, size: bigint): Promise<string> {
  if (size <= READ_BYTES) return hashOf("sha256", await readFile(path));
  const file = await open(path);
  try {
    const hasher = createHash("sha256");
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return hasher.digest("hex");
      hasher.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: Math.min(READS_MAX, items.length) }, async () => {
      for (const item of left) await act(item);
    }),
  );
}
