import { spawnSync } from "node:child_process";
import { closeSync, constants, openSync, readSync, rmSync, unlinkSync } from "node:fs";
import { type ByteString, bufferOf, decodeText, isText } from "../bytes/bytes.ts";
import { StartError } from "../child/start-error.ts";
import { YonderError } from "../interface/errors.ts";

/** FIFOs that are used again and again: making one takes a process. */
export interface FifoPool {
  take(): ByteString;
  /** Give back what `take` gave, when this process has closed its own ends. */
  give(path: ByteString): void;
  /** Takes one out of use at once, while this process still has it open. */
  retire(path: ByteString): void;
  /** Removes all of them. */
  close(): void;
}

/** `directory` exists and belongs to this run; the FIFOs are made `batch` at a time. */
export function createFifoPool(directory: ByteString, batch: number): FifoPool {
  const free: ByteString[] = [];
  const all = new Set<ByteString>();
  let made = 0;

  function makeMore(): void {
    const paths = Array.from({ length: batch }, () => `${directory}/fifo${++made}`);
    makeFifos(paths);
    for (const path of paths) all.add(path);
    free.push(...paths.reverse());
  }

  function remove(path: ByteString): void {
    unlinkSync(bufferOf(path));
    all.delete(path);
  }

  return {
    take() {
      if (free.length === 0) makeMore();
      return free.pop()!;
    },
    give(path) {
      // A process that a job left behind may still read: it must not take the next job's block.
      if (isUnused(path)) free.push(path);
      else remove(path);
    },
    retire: remove,
    close() {
      for (const path of all) rmSync(bufferOf(path), { force: true });
    },
  };
}

function makeFifos(paths: readonly ByteString[]): void {
  const { status, signal, stderr, error } = paths.every(isText)
    ? spawnSync("mkfifo", ["-m", "600", "--", ...paths.map(decodeText)])
    : spawnSync("sh", ["-c", `exec mkfifo -m 600 -- ${paths.map(shellWord).join(" ")}`]);
  if (error !== undefined) throw new StartError("mkfifo", error);
  if (status !== 0) {
    const reason = signal ?? stderr.toString("latin1").trim();
    throw new YonderError("INPUT", {
      message: `cannot make FIFOs: ${reason}`,
      remedy: "choose a directory on a file system that has FIFOs with --tmpdir",
    });
  }
}

/** Arguments of processes are text, so bytes that are not are written out. File names have no NUL and seldom a newline. */
function shellWord(path: ByteString): string {
  const octal = path.replace(/[^\w/.-]/g, (char) => `\\0${char.charCodeAt(0).toString(8).padStart(3, "0")}`);
  return `"$(printf %b '${octal}')"`;
}

/** True where nobody has the FIFO open, which also means that nothing is left in it. */
function isUnused(path: ByteString): boolean {
  if (hasReader(path)) return false;
  const fd = openSync(bufferOf(path), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    // With a writer left, an empty FIFO fails with EAGAIN.
    return readSync(fd, Buffer.allocUnsafe(1)) === 0;
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
}

export function hasReader(path: ByteString): boolean {
  try {
    closeSync(openSync(bufferOf(path), constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENXIO") return false;
    throw error;
  }
}
