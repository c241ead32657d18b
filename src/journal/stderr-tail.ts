import type { ByteString } from "../bytes/bytes.ts";
import { locateOutput, readKept } from "./kept-output.ts";
import type { AttemptRecord, OutcomeRecord } from "./records.ts";

const TAIL_BYTES = 8192;

/** The last lines that an attempt wrote to standard error, as far as they are known. */
export function stderrTail(directory: string, attempt: AttemptRecord, lines: number): ByteString[] {
  const text = attempt.stderrTail ?? keptTail(directory, attempt);
  const all = text.split("\n");
  if (all.at(-1) === "") all.pop();
  return all.slice(-lines);
}

function keptTail(directory: string, attempt: AttemptRecord): ByteString {
  const ref = (attempt as Partial<OutcomeRecord>).stderr;
  const kept = ref && locateOutput(directory, ref);
  if (typeof kept !== "object") return "";
  const skip = Math.max(0, kept.bytes - TAIL_BYTES);
  try {
    return Buffer.concat([...readKept(kept, skip)]).toString("latin1");
  } catch {
    return ""; // removed in this moment
  }
}
