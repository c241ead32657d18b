// What a program of dist/ is: it loads the bundle beside it with the code that V8 made of it on an earlier run. Node's own
// compile cache keeps what V8 compiles before a module runs; this one has the functions that a run has called, too, which
// is 14 ms less for each yonder. build.ts fills in what is declared here.
declare const PROGRAM_NAME: "yonder" | "parallel" | "sem";
/** Tells bundles apart: V8 compares no more than their length. */
declare const BUILD_ID: string;

type Bundle = (url: string) => typeof import("../src/cli/main.ts");

const builtin = process.getBuiltinModule;
const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } = builtin("node:fs");
const { Script } = builtin("node:vm");
const { setFlagsFromString } = builtin("node:v8");

// A driver makes much short-lived garbage and keeps little: without a bound, V8 lets the space for it grow to 64 MB, for
// nothing. The cache is only good with the flags that it was made with.
setFlagsFromString("--max-semi-space-size=4");
setFlagsFromString("--semi-space-growth-factor=1");
// Without it V8 runs what a damaged file holds, and crashes.
setFlagsFromString("--verify-snapshot-checksum");

const directory = import.meta.dirname;
const runtime = `${process.version}-${process.arch}.cache`;
const cacheFile = `${BUILD_ID}-${runtime}`;
const bundle = `${directory}/main.js`;
const cachedData = readCache();
const script = new Script(readFileSync(bundle, "latin1"), {
  filename: bundle,
  ...(cachedData && { cachedData }),
});
// A run that only prints its version has not called what others need.
if ((cachedData === undefined || script.cachedDataRejected) && process.argv.length > 3) {
  process.on("exit", writeCache);
}
(script.runInThisContext() as Bundle)(import.meta.url).main(PROGRAM_NAME);

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
  return [`${directory}/.cache`, ...(home ? [`${home}/yonder`] : [])];
}

/** Whole or not at all, with what other builds have left for the same Node gone. */
function writeCache(): void {
  for (const folder of cacheFolders()) {
    try {
      mkdirSync(folder, { recursive: true });
      const temporary = `${folder}/${process.pid}.tmp`;
      writeFileSync(temporary, script.createCachedData());
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
