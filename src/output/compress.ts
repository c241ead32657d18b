import { closeSync, openSync, renameSync } from "node:fs";
import { type ByteString, bufferOf, decodeText } from "../bytes/bytes.ts";
import { startChild } from "../child/start.ts";
import { YonderError } from "../interface/errors.ts";
import { outputError } from "./errors.ts";
import { removeFile, sizeOf } from "./places.ts";

/** --compress: files that stay are compressed before they are shown. Without a program nothing changes. */
export interface Compressor {
  /** Calls `next` (at once, where there is nothing to do) when the files are compressed, or could not be. */
  pass(paths: readonly ByteString[], next: () => void): void;
  idle(): Promise<void>;
}

export function openCompressor(
  program: ByteString | undefined,
  onError: (error: YonderError) => void,
): Compressor {
  const working = new Set<Promise<void>>();
  return {
    pass: (paths, next) => {
      if (program === undefined || paths.length === 0) {
        next();
        return;
      }
      const work = Promise.all(paths.map((path) => compressFile(program, path)))
        .catch((error: unknown) => onError(outputError(error)))
        .then(() => {
          working.delete(work);
          next();
        });
      working.add(work);
    },
    idle: async () => {
      while (working.size > 0) await Promise.all(working);
    },
  };
}

/** Replaces a file by what `program` makes of it, at once: the name has the old bytes or all of the new ones. */
async function compressFile(program: ByteString, path: ByteString): Promise<void> {
  if (sizeOf(path) === 0) return;
  const temporary = `${path}.compressing`;
  const source = openSync(bufferOf(path), "r");
  const target = openSync(bufferOf(temporary), "w");
  try {
    const exitCode = await run(program, source, target);
    if (exitCode !== 0) throw failed(program, path);
    renameSync(bufferOf(temporary), bufferOf(path));
  } catch (error) {
    removeFile(temporary);
    throw error;
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

function run(program: ByteString, source: number, target: number): Promise<number | null> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  // As text: a program whose name is not UTF-8 is not supported here.
  const child = startChild("sh", ["-c", decodeText(program)], { stdio: [source, target, "inherit"] });
  child.on("error", reject);
  child.on("close", resolve);
  return promise;
}

function failed(program: ByteString, path: ByteString): YonderError {
  return new YonderError("OUTPUT", {
    message: `${program} failed.`,
    remedy: `give another --compress-program; ${path} is not compressed`,
  });
}
