import { closeSync, openSync, writeSync } from "node:fs";
import { YonderError } from "../../interface/errors.ts";

/** A JSON array that grows on the disk as its items come. */
export interface EventFile {
  add(item: object): void;
  close(): void;
}

const BUFFER_CHARS = 64 * 1024;
const FLUSH_MS = 250;

/**
 * Items are written some at a time, whole ones only, and no comma is written before what follows it: at any moment the file
 * is an array that may lack its `]`, which readers of traces allow. When the disk refuses, `onError` is called once, and the
 * job goes on without.
 *
 * @throws YonderError OUTPUT where the file cannot be made
 */
export function openEventFile(path: string | Buffer, onError: (error: Error) => void): EventFile {
  let fd: number | undefined = create(path);
  let waiting = "[";
  let separator = "\n";
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (fd === undefined || waiting === "") return;
    const bytes = Buffer.from(waiting);
    waiting = "";
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
    } catch (error) {
      closeSync(fd);
      fd = undefined;
      onError(error as Error);
    }
  };
  return {
    add(item) {
      if (fd === undefined) return;
      waiting += separator + JSON.stringify(item);
      separator = ",\n";
      if (waiting.length > BUFFER_CHARS) flush();
      else timer ??= setTimeout(flush, FLUSH_MS).unref();
    },
    close() {
      waiting += "\n]\n";
      flush();
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

function create(path: string | Buffer): number {
  try {
    return openSync(path, "w");
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `the trace cannot be written: ${(cause as Error).message}`,
      remedy: "give another file",
      cause,
    });
  }
}
