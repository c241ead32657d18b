import { existsSync, mkdirSync, readdirSync, rmdirSync, statSync, unlinkSync } from "node:fs";
import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import type { Row } from "../interface/task.ts";
import {
  placeResults,
  type ResultsFiles,
  type ResultsNames,
  resultsDirectory,
  resultsFiles,
  resultsPath,
} from "./results.ts";

/**
 * The two files that an attempt writes to. They are its own: whatever else runs at the same time, the slot of an attempt
 * that was taken back included, has others.
 */
export interface Place {
  readonly stdout: ByteString;
  readonly stderr: ByteString;
  /** With --results: where they are when the attempt counts. */
  readonly results?: ResultsFiles;
  /** What the person finds them by, where they stay: the path of --results, or the file of --files. */
  readonly stays?: ByteString;
}

export interface PlaceTask {
  readonly seq: number;
  readonly attempt: number;
  readonly rows: readonly Row[];
  readonly resultsPath?: ByteString;
}

export interface PlaceOptions {
  readonly captureDirectory?: ByteString;
  readonly tmpdir: ByteString;
  /** --files: standard output stays in a file of its own in tmpdir. */
  readonly files?: boolean;
  /** What the files of running attempts are named by, where they are among others'. */
  readonly run?: RunName;
}

export interface RunName {
  /** The same for all drivers of a job. */
  readonly job: ByteString;
  /** A driver before this one may have left such files. */
  readonly isResumed: boolean;
}

/**
 * Decides where attempts write to: a capture to be removed when shown, a file of --files, or, for --results, files beside
 * those that they will be.
 */
export interface Places {
  at(task: PlaceTask): Place;
  /** The place of a task that has ended under an earlier driver, by what `stays` was then. */
  again(task: PlaceTask, stays: ByteString): Place;
  /** A name that nobody else has, in the directory of this file. */
  beside(path: ByteString): ByteString;
  /** Removes the directory of the captures if it is ours and empty. */
  close(): void;
}

/** With `results`, both files stay where these names say. */
export function openPlaces(options: PlaceOptions, results: ResultsNames | undefined): Places {
  let ownDirectory: ByteString | undefined;
  const { job = String(process.pid), isResumed = false } = options.run ?? {};
  const driver = `.yonder-${job}.${randomName(4)}-`;
  let lastName = 0;
  const litter = isResumed ? litterOf(`.yonder-${job}.`, driver) : undefined;

  function captureName({ seq, attempt }: PlaceTask): ByteString {
    const directory = options.captureDirectory ?? (ownDirectory ??= makeDirectory(options.tmpdir));
    return `${directory}/${seq}.${attempt}`;
  }

  return {
    at: (task) => {
      if (results !== undefined) {
        const path = resultsPath(results, task);
        const directory = resultsDirectory(path);
        litter?.remove(directory);
        const name = `${directory}${driver}${task.seq}.${task.attempt}`;
        return { stdout: `${name}.out`, stderr: `${name}.err`, results: resultsFiles(path), stays: path };
      }
      const name = captureName(task);
      if (options.files !== true) return { stdout: `${name}.out`, stderr: `${name}.err` };
      const file = newFileName(options.tmpdir);
      return { stdout: file, stderr: `${name}.err`, stays: file };
    },
    again: (task, stays) => {
      litter?.remove(stays.slice(0, stays.lastIndexOf("/") + 1));
      if (results !== undefined) return settled(resultsFiles(stays), stays);
      return { stdout: stays, stderr: `${captureName(task)}.err`, stays };
    },
    beside: (path) => `${path.slice(0, path.lastIndexOf("/") + 1)}${driver}${++lastName}`,
    close: () => {
      if (ownDirectory !== undefined) removeDirectory(ownDirectory);
      ownDirectory = undefined;
    },
  };
}

/** Its files have their names. */
export function isSettled({ results, stdout }: Place): boolean {
  return results === undefined || stdout === results.stdout;
}

/** The attempt counts: its files get their names. */
export function settle(place: Place): Place {
  const { results, stays } = place;
  if (results === undefined) return place;
  placeResults(place, results);
  return settled(results, stays);
}

function settled(results: ResultsFiles, stays: ByteString | undefined): Place {
  const { stdout, stderr } = results;
  return { stdout, stderr, results, ...(stays !== undefined && { stays }) };
}

/** Directories that have been looked through are remembered; of many, the latest. */
const LOOKED_MAX = 1000;

/** Half outputs that drivers before us have left beside the results, when they were killed. */
function litterOf(ofJob: ByteString, ofUs: ByteString): { remove(directory: ByteString): void } {
  const looked = new Set<ByteString>();
  return {
    remove(directory) {
      if (looked.has(directory)) return;
      if (looked.size === LOOKED_MAX) looked.clear();
      looked.add(directory);
      for (const name of namesIn(directory || ".")) {
        if (name.startsWith(ofJob) && !name.startsWith(ofUs)) removeFile(directory + name);
      }
    },
  };
}

/** None where somebody has removed the directory. */
function namesIn(directory: ByteString): readonly ByteString[] {
  try {
    return readdirSync(bufferOf(directory), "latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Size in bytes; 0 where there is no file, as for an attempt that never began. */
export function sizeOf(path: ByteString): number {
  return statSync(bufferOf(path), { throwIfNoEntry: false })?.size ?? 0;
}

export function removeFile(path: ByteString): void {
  try {
    unlinkSync(bufferOf(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

const NAME_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** parXXXXX.par, as GNU parallel names them. */
function newFileName(tmpdir: ByteString): ByteString {
  for (;;) {
    const path = `${tmpdir}/par${randomName(5)}.par`;
    if (!existsSync(bufferOf(path))) return path;
  }
}

function randomName(length: number): string {
  let name = "";
  while (name.length < length) name += NAME_CHARACTERS[Math.floor(Math.random() * NAME_CHARACTERS.length)];
  return name;
}

function makeDirectory(tmpdir: ByteString): ByteString {
  // mkdir fails on a name that somebody else has made, so that it need not be a secret.
  const directory = `${tmpdir}/yonder-${process.pid}-${randomName(8)}`;
  try {
    mkdirSync(bufferOf(directory), { mode: 0o700 });
    return directory;
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `cannot keep output in ${tmpdir}: ${(cause as Error).message}`,
      remedy: "name a directory with room in it: --tmpdir DIR, or $TMPDIR",
      cause,
    });
  }
}

function removeDirectory(path: ByteString): void {
  try {
    rmdirSync(bufferOf(path));
  } catch {
    // Something was left in it on purpose, or somebody has cleaned up already.
  }
}
