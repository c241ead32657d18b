import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { Cid } from "../../interface/store.ts";
import type { Database } from "./database.ts";
import { objectPath, type Places, packPath } from "./places.ts";

/** Reads from packs and objects, a number of which it keeps open. */
export interface Readers {
  /**
   * Memory of its own; shorter where the file is.
   *
   * @throws ENOENT where the file is gone: look again where the block is now
   */
  read(place: number, offset: number, length: number): Promise<Buffer>;
  /** Forgets a file that has been replaced or removed. */
  forget(place: number): void;
  close(): Promise<void>;
}

const READ_BYTES_MAX = 2 ** 30;
const OPEN_MAX = 64;
/** Up to so many bytes a thread costs more than waiting does. */
const DIRECT_BYTES_MAX = 64 * 1024;

export function openReaders(db: Database, places: Places): Readers {
  /** The one used last is the last. */
  const handles = new Map<number, Promise<FileHandle>>();

  function handleOf(place: number): Promise<FileHandle> {
    const handle = handles.get(place) ?? openPlace(place);
    handles.delete(place);
    handles.set(place, handle);
    if (handles.size > OPEN_MAX) forget(handles.keys().next().value!);
    return handle;
  }

  async function openPlace(place: number): Promise<FileHandle> {
    try {
      return await open(pathOfPlace(db, places, place), "r");
    } catch (error) {
      handles.delete(place);
      throw error;
    }
  }

  /** Closing waits for reads that are under way. */
  function forget(place: number): void {
    const handle = handles.get(place);
    handles.delete(place);
    handle?.then((open) => open.close()).catch(() => {});
  }

  return {
    async read(place, offset, length) {
      // A row that is damaged may say anything; whoever compares hashes finds out.
      if (!(offset >= 0 && offset <= Number.MAX_SAFE_INTEGER && length >= 0 && length <= READ_BYTES_MAX)) {
        return Buffer.alloc(0);
      }
      const handle = await handleOf(place);
      const bytes = Buffer.allocUnsafeSlow(length);
      if (length <= DIRECT_BYTES_MAX) {
        return bytes.subarray(0, readSync(handle.fd, bytes, 0, length, offset));
      }
      return bytes.subarray(0, await readFull(handle, bytes, length, offset));
    },
    forget,
    async close() {
      const all = [...handles.values()];
      handles.clear();
      for (const handle of all) await handle.then((open) => open.close()).catch(() => {});
    },
  };
}

/** The bytes that were read: fewer than `length` only at the end of the file. */
export async function readFull(
  handle: FileHandle,
  target: Uint8Array,
  length: number,
  offset: number,
): Promise<number> {
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(target, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

export function pathOfPlace(db: Database, places: Places, place: number): string {
  if (place > 0) return packPath(places, place);
  const cid = db.get("select cid from objects where id = ?", -place)?.["cid"];
  if (cid === undefined) throw Object.assign(new Error(`object ${-place} is gone`), { code: "ENOENT" });
  return objectPath(places, cid as Cid);
}
