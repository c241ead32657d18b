import { closeSync, openSync, renameSync } from "node:fs";
import { availableParallelism } from "node:os";
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

/** The outputs of so many tasks at the same time: each file takes a CPU and four descriptors. */
const AT_ONCE_MAX = availableParallelism();

/** @param beside a new name in the directory of a file */
export function openCompressor(
  program: ByteString | undefined,
  beside: (path: ByteString) => ByteString,
  onError: (error: YonderError) => void,
): Compressor {
  const working = new Set<Promise<void>>();
  // Several tasks may have one path: what is there, uncompressed, is of the one that came last.
  const latest = new Map<ByteString, object>();
  const inTurn = turns(AT_ONCE_MAX);
  return {
    pass: (paths, next) => {
      if (program === undefined || paths.length === 0) {
        next();
        return;
      }
      const turn = {};
      for (const path of paths) latest.set(path, turn);
      const isOurs = (path: ByteString): boolean => latest.get(path) === turn;
      const work = inTurn(() => compressFiles(program, paths, beside, isOurs))
        .catch((error: unknown) => onError(outputError(error)))
        .then(() => {
          working.delete(work);
          for (const path of paths) if (isOurs(path)) latest.delete(path);
          next();
        });
      working.add(work);
    },
    idle: async () => {
      while (working.size > 0) await Promise.all(working);
    },
  };
}

/** Does no more than `most` things at the same time, in the order in which they came. */
function turns(most: number): (act: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let acting = 0;
  return async (act) => {
    if (acting === most) await new Promise<void>((resolve) => waiting.push(resolve));
    else acting++;
    try {
      await act();
    } finally {
      const next = waiting.shift();
      if (next === undefined) acting--;
      else next();
    }
  };
}

/**
 * Replaces files by what `program` makes of them, at once: a name has the old bytes or all of the new ones, and if one has
 * the old ones, all have.
 */
async function compressFiles(
  program: ByteString,
  paths: readonly ByteString[],
  beside: (path: ByteString) => ByteString,
  isOurs: (path: ByteString) => boolean,
): Promise<void> {
  const works = paths
    .filter((path) => isOurs(path) && sizeOf(path) > 0)
    .map((path) => ({ path, temporary: beside(path) }));
  try {
    await Promise.all(works.map(({ path, temporary }) => compressTo(temporary, program, path)));
    for (const { path, temporary } of works) {
      if (isOurs(path)) renameSync(bufferOf(temporary), bufferOf(path));
    }
  } finally {
    for (const { temporary } of works) removeFile(temporary);
  }
}

async function compressTo(temporary: ByteString, program: ByteString, path: ByteString): Promise<void> {
  const source = openSync(bufferOf(path), "r");
  const target = openSync(bufferOf(temporary), "wx");
  try {
    const exitCode = await run(program, source, target);
    if (exitCode !== 0) throw failed(program, path);
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
