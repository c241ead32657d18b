/** Tells bundles apart: V8 compares no more than their length. */
declare const BUILD_ID: string;

type Bundle = (url: string) => typeof import("../src/cli/main.ts");

const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } =
  require("node:fs") as typeof import("node:fs");
const { setFlagsFromString } = require("node:v8") as typeof import("node:v8");
const { Script } = require("node:vm") as typeof import("node:vm");

const runtime = `${process.version}-${process.arch}.cache`;
const cacheFile = `${BUILD_ID}-${runtime}`;

/** The program in main.js. */
export interface LoadedBundle {
  readonly bundle: Bundle;
  /** V8 had the code from an earlier run; otherwise this one leaves it, where it does enough for that. */
  readonly isCodeKept: boolean;
}

/**
 * The program in main.js, with the code that V8 made of it on an earlier run. Node's own compile cache keeps what V8
 * compiles before a module runs; this one has the functions that a run has called, too, which is 14 ms less for each yonder.
 */
export function loadBundle(): LoadedBundle {
  const filename = `${__dirname}/main.js`;
  const source = readFileSync(filename, "latin1");
  const cachedData = readCache();
  const script = withChecksum(() => new Script(source, { filename, ...(cachedData && { cachedData }) }));
  const isCodeKept = cachedData !== undefined && !script.cachedDataRejected;
  // A run that only prints its version has not called what others need.
  if (!isCodeKept && process.argv.length > 3) process.on("exit", () => writeCache(script));
  return { bundle: script.runInThisContext() as Bundle, isCodeKept };
}

/**
 * Without a checksum V8 runs what a damaged file of compiled code holds, and crashes. The flag stands only for so long: Node's
 * own modules are compiled without it.
 */
function withChecksum<T>(act: () => T): T {
  setFlagsFromString("--verify-snapshot-checksum");
  try {
    return act();
  } finally {
    setFlagsFromString("--no-verify-snapshot-checksum");
  }
}

function readCache(): Buffer | undefined {
  for (const folder of cacheFolders()) {
    try {
      return readFileSync(`${folder}/${cacheFile}`);
    } catch {
      // next
    }
  }
  return undefined;
}

/** Beside the bundle, or the user's own where that cannot be written. */
function cacheFolders(): string[] {
  const { XDG_CACHE_HOME, HOME } = process.env;
  const home = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  return [`${__dirname}/.cache`, ...(home ? [`${home}/yonder`] : [])];
}

/** Whole or not at all, with what other builds have left for the same Node gone. */
function writeCache(script: InstanceType<typeof Script>): void {
  for (const folder of cacheFolders()) {
    try {
      mkdirSync(folder, { recursive: true });
      const temporary = `${folder}/${process.pid}.tmp`;
      writeFileSync(
        temporary,
        withChecksum(() => script.createCachedData()),
      );
      renameSync(temporary, `${folder}/${cacheFile}`);
      for (const name of readdirSync(folder)) {
        if (name.endsWith(runtime) && name !== cacheFile) rmSync(`${folder}/${name}`, { force: true });
      }
      return;
    } catch {
      // next
    }
  }
}
