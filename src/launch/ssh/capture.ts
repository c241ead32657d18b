import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { bufferOf } from "../../bytes/bytes.ts";
import type { OutputSpec, Wrote } from "../../interface/launcher.ts";

/** Where the output of an attempt on another machine arrives. */
export interface Capture {
  stdout(bytes: Buffer): void;
  stderr(bytes: Buffer): void;
  /** The last bytes on standard error were not the attempt's. */
  cutStderr(bytes: number): void;
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
    cutStderr: stderr.cut,
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
    cutStderr() {},
    problem: undefined,
    close: () => undefined,
  };
}

interface OutputFile {
  write(bytes: Buffer): void;
  /** Takes so many bytes from its end. */
  cut(bytes: number): void;
  /** True where it has bytes. */
  close(): boolean;
}

const NOWHERE: OutputFile = { write() {}, cut() {}, close: () => false };

/** @throws where it exists or cannot be made */
function openFile(path: string): OutputFile {
  // To append, so that nothing is left where something was cut off.
  const fd = openSync(bufferOf(path), "ax");
  let wrote = false;
  return {
    write(bytes) {
      wrote = true;
      writeAll(fd, bytes);
    },
    cut(bytes) {
      const rest = Math.max(0, fstatSync(fd).size - bytes);
      ftruncateSync(fd, rest);
      wrote = rest > 0;
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
