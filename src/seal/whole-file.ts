import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { ByteString } from "../bytes/bytes.ts";
import { parseSealed, seal } from "./line.ts";

/** The file has the old content or the new, whatever happens. One writer at a time. */
export function writeWhole(file: string, content: ByteString): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, content, { encoding: "latin1", mode: 0o600 });
  renameSync(temporary, file);
}

/** A file of one line, which is sealed. @param json an object with a field or more */
export function writeSealed(file: string, json: ByteString): void {
  writeWhole(file, `${seal(json)}\n`);
}

/** What was sealed, parsed. Undefined where it is not what was written, as in `parseSealed`; of a file that is not there, too. */
export function readSealed(file: string, isOld?: (json: unknown) => boolean): unknown {
  try {
    const text = readFileSync(file, "latin1");
    return text.endsWith("\n") ? parseSealed(text.slice(0, -1), isOld) : undefined;
  } catch {
    return undefined;
  }
}
