import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { type ByteString, bufferOf, encodeText } from "../../bytes/bytes.ts";

/**
 * How a slot runs a command.
 *
 * - `direct`: the slot shell starts the program itself, which dash does with vfork: a fifth faster than a fork. When a
 *   signal ends it, dash says so (`Killed`) on the program's standard error. That it was dash who wrote there is known by
 *   the kernel's count of what it has written (see script.ts), and is cut off again.
 * - `program`: the same in a fork of the slot shell, whose remark comes on its own standard error.
 * - `builtin`: a builtin that every POSIX shell does alike, in a fork of the slot shell: no exec at all.
 * - `shell`: `$SHELL -c`, exactly as GNU parallel does it. Always right; the others are short cuts to the same result.
 */
export type CommandKind = "direct" | "program" | "builtin" | "shell";

/**
 * A command that means the same to every shell: words of plain characters, backslash escapes and single quotes, one
 * blank apart. No expansion, redirection, operator or assignment, so nothing but the first word can be special.
 */
const SIMPLE = /^(?:[\w@%+:,./-]|\\[^\n]|'[^']*')+(?: (?:[\w@%+=:,./^-]|\\[^\n]|'[^']*')+)*$/;
const FIRST_WORD = /^[\w@%+:,./-]+(?= |$)/;

/** Alike in dash, bash, zsh and ksh when their words are plain. (`echo` is not: dash expands backslashes.) */
const SAME_EVERYWHERE: ReadonlySet<string> = new Set(["true", "false", ":"]);
/** Builtins that need no more than their words; what a fork of `sh` does with them is what `sh -c` does. */
const SAFE_IN_SH: ReadonlySet<string> = new Set(["echo", "printf", "test", "pwd", "exit"]);
/** Builtins and keywords of common shells: never looked up in $PATH. */
const NOT_PROGRAMS: ReadonlySet<string> = new Set(
  (
    "alias autoload bg bind break builtin caller case cd command compgen complete compopt continue coproc declare dirs " +
    "disown do done echo elif else enable esac eval exec exit export false fc fg fi for function getopts hash help " +
    "history if in jobs kill let local logout mapfile newgrp popd printf print pushd pwd read readarray readonly " +
    "repeat return select set setopt shift shopt source suspend test then time times trap true type typeset ulimit " +
    "umask unalias unset until wait whence which while zmodload"
  ).split(" "),
);

export type Classifier = (command: ByteString) => CommandKind;

/**
 * @param jobShellIsSlotShell whether the shell that jobs expect is the one the slots run
 * @param path $PATH of the jobs
 * @param functions names of exported shell functions, which hide programs of the same name
 */
export function classifier(
  jobShellIsSlotShell: boolean,
  path: string,
  functions: ReadonlySet<string>,
): Classifier {
  const programs = new Map<string, CommandKind>();
  const lookUp = (name: string): CommandKind => {
    let known = programs.get(name);
    if (known === undefined) programs.set(name, (known = programKind(name, path)));
    return known;
  };
  return (command) => {
    const name = FIRST_WORD.exec(command)?.[0];
    if (name === undefined || functions.has(name) || !SIMPLE.test(command)) return "shell";
    if (SAME_EVERYWHERE.has(name)) return "builtin";
    if (NOT_PROGRAMS.has(name)) return jobShellIsSlotShell && SAFE_IN_SH.has(name) ? "builtin" : "shell";
    return lookUp(name);
  };
}

/** A program that is not found or may not run is left to `$SHELL -c`, whose message is the one people know. */
function programKind(name: string, path: string): CommandKind {
  const file = name.includes("/") ? name : findInPath(name, path);
  if (file === undefined || !isExecutable(file)) return "shell";
  // A text without `#!` is run by the shell that meets it, which must be the jobs' own.
  return isKernels(file) ? "direct" : "shell";
}

function findInPath(name: string, path: string): ByteString | undefined {
  const candidates = path.split(":").map((directory) => `${encodeText(directory) || "."}/${name}`);
  return candidates.find(isExecutable);
}

function isExecutable(file: ByteString): boolean {
  const path = bufferOf(file);
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether the kernel can run it. */
function isKernels(file: ByteString): boolean {
  const head = Buffer.alloc(4);
  try {
    const fd = openSync(bufferOf(file), "r");
    readSync(fd, head, 0, 4, 0);
    closeSync(fd);
  } catch {
    return true; // executable but not readable: it will say
  }
  const magic = head.toString("latin1");
  return magic.startsWith("#!") || magic === "\x7fELF";
}
