import { existsSync, lstatSync, readlinkSync, realpathSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { makeDirectories } from "../../directories.ts";
import { YonderError } from "../../interface/errors.ts";
import { parseCommand } from "./command-line.ts";
import type { CommandIo } from "./io.ts";

const HELP = `usage: yonder install-names [--force] [--remove] [DIR]

Makes the commands parallel and sem in DIR: links to yonder, which behaves as GNU parallel does under these names.
DIR is by default where the command yonder is.

  --force     replace what has these names there
  --remove    take away the links that this command has made
`;

const NAMES = ["parallel", "sem"] as const;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { force: { type: "boolean" }, remove: { type: "boolean" } } as const;
  const line = parseCommand({ help: HELP, options, words: [0, 1] }, args, io);
  if (line === undefined) return 0;
  const program = commandPath();
  const directory = resolve(line.words[0] ?? dirname(program));
  const paths = NAMES.map((name) => join(directory, name));
  try {
    if (line.flag("remove")) remove(paths.filter(isMade), io);
    else install(paths, program, line.flag("force"), io);
  } catch (error) {
    if (error instanceof YonderError) throw error;
    throw new YonderError("OUTPUT", {
      message: (error as Error).message,
      remedy: "name a directory that you may write to: yonder install-names ~/.local/bin",
      cause: error,
    });
  }
  return 0;
}

function install(paths: readonly string[], program: string, isForced: boolean, io: CommandIo): void {
  const taken = paths.find((path) => isThere(path) && !isOurs(path));
  if (taken !== undefined && !isForced) {
    throw new YonderError("OUTPUT", {
      message: `${taken} is there already, and is not yonder`,
      remedy: "name another directory that comes early in your PATH, or replace it with --force",
    });
  }
  makeDirectories(dirname(paths[0]!));
  for (const path of paths) {
    if (!isLinkTo(path, program)) link(path, program);
    io.write(`${path} -> ${program}\n`);
  }
  for (const path of paths) {
    const first = firstInPath(basename(path), io.env);
    if (first === undefined) io.note(`${dirname(path)} is not in your PATH`);
    else if (first !== path) io.note(`${first} comes before it in your PATH`);
  }
}

function link(path: string, program: string): void {
  const temporary = `${path}.${process.pid}`;
  symlinkSync(program, temporary);
  renameSync(temporary, path);
}

/** One that leads there stays as it is: in a checkout it is relative. */
function isLinkTo(path: string, program: string): boolean {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  return isLink && resolve(dirname(path), readlinkSync(path)) === program;
}

function remove(paths: readonly string[], io: CommandIo): void {
  for (const path of paths) {
    rmSync(path);
    io.write(`${path} is gone\n`);
  }
}

/** What a person calls: the command as it was found, so that a link follows an upgrade; in a checkout its bin/yonder. */
function commandPath(): string {
  const called = resolve(process.argv[1] ?? "");
  if (basename(called) === "yonder") return called;
  const checkout = fileURLToPath(new URL("../bin/yonder", import.meta.url));
  return existsSync(checkout) ? checkout : realpathSync(called);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Is it a link that leads to a yonder, be it another version? */
function isOurs(path: string): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) return false;
  try {
    return /^yonder(\.cjs)?$/.test(basename(realpathSync(path)));
  } catch {
    return false;
  }
}

/** The links of a checkout's bin/ are relative, and belong to it. */
function isMade(path: string): boolean {
  return isOurs(path) && readlinkSync(path).startsWith("/");
}

function firstInPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const paths = (env["PATH"] ?? "").split(":").map((directory) => join(directory, name));
  return paths.find((path) => existsSync(path));
}
