/** Tells bundles apart: V8 compares no more than their length. */
declare const BUILD_ID: string;

interface Main extends Pick<typeof import("../src/cli/main.ts"), "main"> {
  /** What it shares with what is loaded later. */
  shared(): Modules;
}
type Modules = Readonly<Record<string, unknown>>;
type LoadLater = (path: string) => unknown;
type Later = (url: string, shared: Modules) => { readonly modules: Readonly<Record<string, () => unknown>> };

const { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } =
  require("node:fs") as typeof import("node:fs");
const { setFlagsFromString } = require("node:v8") as typeof import("node:v8");
const { Script } = require("node:vm") as typeof import("node:vm");

const runtime = `${process.version}-${process.arch}.cache`;
const GROWTH = "--semi-space-growth-factor=";
let isGarbageBound = false;

/** The program. */
export interface LoadedBundle extends Pick<Main, "main"> {
  /** V8 had its code from an earlier run; otherwise this one leaves it, where it does enough for that. */
  readonly isCodeKept: boolean;
}

/** Runs main.js, which asks for later.js when it needs what is there. */
export function loadBundle(url: string): LoadedBundle {
  let modules: ReturnType<Later>["modules"] | undefined;
  const later: LoadLater = (path) => {
    modules ??= (loadScript("later").run as Later)(url, shared()).modules;
    return modules[path]!();
  };
  const { run, isCodeKept } = loadScript("main");
  const { main, shared } = (run as (url: string, later: LoadLater) => Main)(url, later);
  return { main, isCodeKept };
}

/** A driver makes much short-lived garbage and keeps little: V8 would let the space for it grow to 16 MB and more, for nothing. */
export function boundGarbage(): void {
  isGarbageBound = true;
  setFlagsFromString(`${GROWTH}1`);
}

/**
 * A script, with the code that V8 made of it on an earlier run. Node's own compile cache keeps what V8 compiles before a module
 * runs; this one has the functions that a run has called, too, which is 14 ms less for each yonder.
 */
function loadScript(name: "main" | "later"): { readonly run: unknown; readonly isCodeKept: boolean } {
  const filename = `${__dirname}/${name}.js`;
  const source = readFileSync(filename, "latin1");
  const cachedData = readCache(name);
  const script = underOurFlags(() => new Script(source, { filename, ...(cachedData && { cachedData }) }));
  const isCodeKept = cachedData !== undefined && !script.cachedDataRejected;
  // A run that only prints its version has not called what others need.
  if (!isCodeKept && (name === "later" || process.argv.length > 3)) {
    process.on("exit", () => writeCache(name, script));
  }
  return { run: script.runInThisContext(), isCodeKept };
}

/**
 * Code is only good with the flags that it was made with. Without a checksum V8 runs what a damaged file of it holds, and
 * crashes. The flags stand only for so long: Node's own modules are compiled without them.
 */
function underOurFlags<T>(act: () => T): T {
  if (isGarbageBound) setFlagsFromString(`${GROWTH}2`);
  setFlagsFromString("--verify-snapshot-checksum");
  try {
    return act();
  } finally {
    setFlagsFromString("--no-verify-snapshot-checksum");
    if (isGarbageBound) setFlagsFromString(`${GROWTH}1`);
  }
}

function readCache(name: string): Buffer | undefined {
  for (const folder of cacheFolders()) {
    try {
      return readFileSync(`${folder}/${BUILD_ID}-${name}-${runtime}`);
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
function writeCache(name: string, script: InstanceType<typeof Script>): void {
  const file = `${name}-${runtime}`;
  for (const folder of cacheFolders()) {
    try {
      mkdirSync(folder, { recursive: true });
      const temporary = `${folder}/${process.pid}.tmp`;
      writeFileSync(
        temporary,
        underOurFlags(() => script.createCachedData()),
      );
      renameSync(temporary, `${folder}/${BUILD_ID}-${file}`);
      for (const other of readdirSync(folder)) {
        if (other.endsWith(file) && other !== `${BUILD_ID}-${file}`)
          rmSync(`${folder}/${other}`, { force: true });
      }
      return;
    } catch {
      // next
    }
  }
}
