import { closeSync, openSync, writeSync } from "node:fs";
import { bufferOf } from "../../bytes/bytes.ts";
import type { OutputSpec, Wrote } from "../../interface/launcher.ts";

/** Where the output of an attempt on another machine arrives. */
export interface Capture {
  stdout(bytes: Buffer): void;
  stderr(bytes: Buffer): void;
  /** Why what comes is not kept: its file cannot be made. */
  readonly problem: string | undefined;
  /** Nothing more comes. Tells which of the files have bytes. */
  close(): Wrote | undefined;
}

/** @param onUnread once, when nobody reads our own output any more; only where that is where it goes */
export function openCapture(output: OutputSpec, onUnread: () => void): Capture {
  if (output.type === "inherit") return ownOutput(onUnread);
  let problem: string | undefined;
  const files = [output.stdout, output.stderr].map((path) => {
    try {
      return openFile(path);
    } catch (error) {
      problem = (error as Error).message;
      return NOWHERE;
    }
  });
  const [stdout = NOWHERE, stderr = NOWHERE] = files;
  return {
    stdout: stdout.write,
    stderr: stderr.write,
    problem,
    close: () => ({ stdout: stdout.close(), stderr: stderr.close() }),
  };
}

function ownOutput(onUnread: () => void): Capture {
  let isUnread = false;
  const write = (fd: number, bytes: Buffer): void => {
    if (isUnread || writeAll(fd, bytes) !== "EPIPE") return;
    isUnread = true;
    onUnread();
  };
  return {
    stdout: (bytes) => write(1, bytes),
    stderr: (bytes) => write(2, bytes),
    problem: undefined,
    close: () => undefined,
  };
}

interface OutputFile {
  write(bytes: Buffer): void;
  /** True where it has bytes. */
  close(): boolean;
}

const NOWHERE: OutputFile = { write() {}, close: () => false };

/** @throws where it exists or cannot be made */
function openFile(path: string): OutputFile {
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

/** Gives the code of an error that leaves nothing to do but to go on without. */
function writeAll(fd: number, bytes: Buffer): string | undefined {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A full disk is looked for where the attempt has ended.
      if (code !== "EAGAIN") return code;
    }
  }
  return undefined;
}
