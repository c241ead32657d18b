import type { ActionRecord, BlockStore, Cid } from "../../interface/store.ts";
import { valueOfBytes } from "../../wire/values/bytes.ts";
import { getBytes, putBytes } from "../stored-bytes.ts";

/** Longer values are files of the store, of which a record has the CID. */
const INLINE_BYTES_MAX = 64 * 1024;
const INLINE = 0;
const STORED = 1;

/** @param bytes of `bytesOfValue` */
export async function valueRecord(store: BlockStore, bytes: Buffer): Promise<ActionRecord> {
  if (bytes.length <= INLINE_BYTES_MAX)
    return { value: Buffer.concat([Buffer.of(INLINE), bytes]), outputs: [] };
  const cid = await putBytes(store, bytes);
  return { value: Buffer.concat([Buffer.of(STORED), Buffer.from(cid)]), outputs: [cid] };
}

/** The value, or a promise of one that is not in the record itself. @throws YonderError STORE_MISSING, STORE_CORRUPT */
export function recordedValue(store: BlockStore, { value }: ActionRecord): unknown {
  const rest = value.subarray(1);
  if (value[0] === INLINE) return valueOfBytes(rest);
  return getBytes(store, Buffer.from(rest).toString() as Cid).then(valueOfBytes);
}
