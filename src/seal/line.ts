import type { ByteString } from "../bytes/bytes.ts";
import { crc32, crcText } from "./crc32.ts";

/**
 * A line of JSON that says of itself whether it is what was written: its last field is the CRC-32 of all that stands before
 * that field. To other programs it is a line of JSON like any other.
 *
 *     {"type":"total","tasks":3,"crc":"01d6ae67"}
 *
 * @param json an object with a field or more, without a line's end
 */
export function seal(json: ByteString): ByteString {
  const content = json.slice(0, -1);
  return `${content},"crc":"${crcText(crc32(content))}"}`;
}

/**
 * What was sealed. Undefined where the line is damaged: another than what was written, or a part of it.
 *
 * @param mayLack versions before the seal wrote lines without one; then such a line is taken as it is
 */
export function unseal(line: ByteString, mayLack = false): ByteString | undefined {
  const content = line.slice(0, -SEAL_LENGTH);
  const [, digits] = SEAL.exec(line.slice(-SEAL_LENGTH)) ?? [];
  if (digits === undefined) return mayLack ? line : undefined;
  return digits === crcText(crc32(content)) ? `${content}}` : undefined;
}

/**
 * What was sealed, parsed; texts in it are ByteStrings. Undefined where it is damaged.
 *
 * @param isOld says that a version before the seal wrote this, so that it has none
 */
export function parseSealed(line: ByteString, isOld: (json: unknown) => boolean = () => false): unknown {
  try {
    const json = unseal(line, true);
    const parsed: unknown = json === undefined ? undefined : JSON.parse(json);
    return json === line && !isOld(parsed) ? undefined : parsed;
  } catch {
    return undefined;
  }
}

/**
 * What has no line's end may be the beginning of a line, from a process that was killed while it wrote; or lines whose ends
 * are damaged, which a seal in the midst of it tells.
 */
export function isBeginning(text: ByteString): boolean {
  return !SEAL_AND_MORE.test(text);
}

/** No object within a line may end like it: then its beginning would be taken for more than a line. */
const SEAL = /^,"crc":"([0-9a-f]{8})"\}$/;
const SEAL_AND_MORE = /,"crc":"[0-9a-f]{8}"\}./s;
const SEAL_LENGTH = ',"crc":"01234567"}'.length;
