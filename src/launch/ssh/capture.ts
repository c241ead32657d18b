import { closeSync, openSync, writeSync } from "node:fs";
import { bufferOf } from "../../bytes/bytes.ts";
import type { OutputSpec, Wrote } from "../../interface/launcher.ts";

/** Where the output of an attempt on another machine arrives. */
export interface Capture {
  stdout(bytes: Buffer): void;
  stderr(bytes: Buffer): void;
  /** Nothing more comes. Tells which of the files have bytes. */
  close(): Wrote | undefined;
}

/** @throws where a file exists or cannot be made */
export function openCapture(output: OutputSpec): Capture {
  if (output.type === "inherit") {
    return {
      stdout: (bytes) => writeAll(1, bytes),
      stderr: (bytes) => writeAll(2, bytes),
      close: () => undefined,
    };
  }
  const [stdout, stderr] = [openFile(output.stdout), openFile(output.stderr)];
  return {
    stdout: stdout.write,
    stderr: stderr.write,
    close: () => ({ stdout: stdout.close(), stderr: stderr.close() }),
  };
}

function openFile(path: string): { write(bytes: Buffer): void; close(): boolean } {
  const fd = openSync(bufferOf(path), "wx");
  let wrote = false;
  return {
    write(bytes) {
      wrote = true;
      writeAll(fd, bytes);
    },
    close() {
      closeSync(fd);
      return wrote;
    },
  };
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A full disk is looked for where the attempt has ended; a reader that has gone is noticed by the sink.
      if (code !== "EAGAIN") return;
    }
  }
}
