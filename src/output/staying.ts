import { writeFileSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { openCompressor } from "./compress.ts";
import { outputError } from "./errors.ts";
import { isSettled, type Places, removeFile, settle } from "./places.ts";
import { isSeqWritten } from "./results.ts";
import type { Show } from "./show.ts";
import type { SinkOptions } from "./sink-types.ts";
import type { Running } from "./task.ts";

/** What becomes of outputs that stay in files of the person's: --results and --files. Of others it does nothing. */
export interface Staying {
  /** The attempt counts: its files get their names, unless they have them. */
  give(record: Running): void;
  /** Calls `next` (at once, without --compress) when the files are what they are to be, or are said not to be. */
  finish(record: Running, next: () => void): void;
  idle(): Promise<void>;
}

export function openStaying(
  options: Pick<SinkOptions, "compressProgram" | "onError">,
  show: Show,
  places: Places,
): Staying {
  const compressor = openCompressor(options.compressProgram, places.beside, options.onError);

  function guarded(record: Running, act: () => void): void {
    try {
      act();
    } catch (error) {
      record.isLost = true;
      options.onError(outputError(error));
    }
  }

  return {
    give(record) {
      const { place } = record;
      if (place === undefined || isSettled(place)) return;
      guarded(record, () => {
        record.place = settle(place);
      });
    },
    finish(record, next) {
      const { place, task } = record;
      const seq = place?.results?.seq;
      // Where `seq` is, an earlier driver has come to the end of this.
      const isDone = record.isLost || (seq !== undefined && isSeqWritten(seq));
      if (place === undefined || isDone) return next();
      const paths = [
        ...(show.keepsStdout ? [place.stdout] : []),
        ...(show.keepsStderr ? [place.stderr] : []),
      ];
      compressor.pass(paths, () => {
        if (seq !== undefined) guarded(record, () => writeSeq(seq, task.seq));
        next();
      });
    },
    idle: compressor.idle,
  };
}

/** Where it is, it speaks: an empty one on a full disk must not stay. */
function writeSeq(path: ByteString, seq: number): void {
  try {
    writeFileSync(bufferOf(path), String(seq));
  } catch (error) {
    removeFile(path);
    throw error;
  }
}
