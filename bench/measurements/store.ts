import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contender, Measurement, Setting } from "../measurement.ts";

const PROGRAM = fileURLToPath(new URL("../store-work.ts", import.meta.url));

/** A large file into the store, as one object that is on the disk at the end, beside hashing it. */
export function putLargeFile(setting: Setting): Measurement {
  const megabytes = { smoke: 4, usual: 256, full: 1024 }[setting.scale];
  const path = randomFile(setting, megabytes);
  const contender = (name: string, what: string): Contender => ({
    name,
    command: (scratch) => work(what, join(scratch, "store"), path),
    amount: (megabytes * 2 ** 20) / 1e6,
  });
  return {
    name: `put a file of ${megabytes} MiB, durably`,
    unit: "MB/s",
    contenders: [contender("sha256, one core", "sha256"), contender("put", "put-file")],
    onDisk: true,
    check({ output }) {
      if (!/^(\w{59}|[0-9a-f]{64})\n$/.test(output.head)) throw new Error(`it printed: ${output.head}`);
    },
    comparisons: [{ ours: "put", theirs: "sha256, one core", wanted: "at least", ratio: 0.45 }],
  };
}

const AGAIN = 20;

/** A tree of small files into the store, beside copying it; then the same tree again, unchanged. */
export function putSmallFiles(setting: Setting): Measurement {
  const files = { smoke: 200, usual: 20_000, full: 20_000 }[setting.scale];
  const tree = smallFiles(setting, files);
  const known = join(setting.directory, "store-of-small-files");
  return {
    name: `put ${files} small files, durably`,
    unit: "files/s",
    contenders: [
      { name: "cp -r", command: (scratch) => ["cp", "-r", tree, join(scratch, "copy")], amount: files },
      {
        name: "put",
        command: (scratch) => work("put-tree", join(scratch, "store"), tree),
        amount: files,
      },
      {
        name: "again, unchanged",
        command: () => {
          if (!existsSync(known)) prepare("put-tree", known, tree);
          return work("put-tree", known, tree, AGAIN);
        },
        amount: files * AGAIN,
      },
    ],
    onDisk: true,
    check({ output }, { name }) {
      const expected = { "cp -r": 0, put: 0, "again, unchanged": files }[name];
      const lines = output.head.split("\n").slice(0, -1);
      if (lines.some((line) => !line.endsWith(` ${files} ${expected}`))) {
        throw new Error(`it printed: ${output.head}`);
      }
    },
    comparisons: [
      { ours: "put", theirs: "cp -r", wanted: "at least", ratio: 0.67 },
      { ours: "again, unchanged", theirs: "put", wanted: "at least", ratio: 10 },
    ],
  };
}

const LOOK_UPS = 10;

/** Looking up what actions gave: what a memo hit costs at least. */
export function lookUpActions(setting: Setting): Measurement {
  const actions = { smoke: 100, usual: 20_000, full: 20_000 }[setting.scale];
  const directory = join(setting.directory, "store-of-actions");
  const contender = (name: string, what: string): Contender => ({
    name,
    command: () => {
      if (!existsSync(directory)) prepare("make-actions", directory, randomFile(setting, 1), actions);
      return work(what, directory, "", actions);
    },
    amount: actions * LOOK_UPS,
  });
  return {
    name: `look up ${actions} actions, ${LOOK_UPS} times`,
    unit: "lookups/s",
    contenders: [contender("one by one", "look-up"), contender("100 at a time", "look-up-bulk")],
    check({ output }) {
      if (output.head !== `${actions * LOOK_UPS}\n`) throw new Error(`it found: ${output.head}`);
    },
    comparisons: [
      { ours: "one by one", theirs: 10_000, wanted: "at least", ratio: 1 },
      { ours: "100 at a time", theirs: 20_000, wanted: "at least", ratio: 1 },
    ],
  };
}

function work(what: string, store: string, path: string, times = 1): string[] {
  return [process.execPath, PROGRAM, what, store, path, String(times)];
}

function prepare(what: string, store: string, path: string, times = 1): void {
  const [program = "", ...words] = work(what, store, path, times);
  const { status, stderr } = spawnSync(program, words);
  if (status !== 0) throw new Error(`cannot prepare: ${String(stderr)}`);
}

function randomFile({ directory }: Setting, megabytes: number): string {
  const path = join(directory, `random-${megabytes}`);
  if (existsSync(path)) return path;
  const fd = openSync(path, "w");
  for (let written = 0; written < megabytes; written++) writeSync(fd, randomBytes(2 ** 20));
  closeSync(fd);
  return path;
}

/** Files of 148 bytes to 36 kB, small ones more often, 100 in a directory. */
function smallFiles({ directory }: Setting, files: number): string {
  const tree = join(directory, `small-${files}`);
  for (let file = existsSync(tree) ? files : 0; file < files; file++) {
    const path = join(tree, `d${Math.floor(file / 100)}`, `f${file}`);
    if (file % 100 === 0) mkdirSync(dirname(path), { recursive: true });
    const bytes = Math.floor(Math.exp(5 + ((file * 37) % 1000) / 182));
    writeFileSync(path, randomBytes(bytes));
  }
  return tree;
}
