import { closeSync } from "node:fs";
import { constants } from "node:os";
import type { ByteString } from "../bytes/bytes.ts";
import { inherited } from "../child/inherited.ts";
import { descriptorKind, isTerminal } from "../output/descriptor.ts";
import { writeResults } from "../standard-streams.ts";
import { argumentBytes } from "./argv.ts";
import { commandHelp } from "./command-help.ts";
import type { CommandIo } from "./commands/io.ts";
import { run } from "./commands/run.ts";
import type { ProgramName } from "./program.ts";
import { report } from "./report.ts";

/** Commands that read or change what is there; each is a file in commands/, loaded when it is called. */
const COMMANDS: Readonly<Record<string, () => Promise<{ run: Command }>>> = {
  jobs: () => import("./commands/jobs.ts"),
  show: () => import("./commands/show.ts"),
  logs: () => import("./commands/logs.ts"),
  wait: () => import("./commands/wait.ts"),
  cancel: () => import("./commands/cancel.ts"),
  explain: () => import("./commands/explain.ts"),
  gc: () => import("./commands/gc.ts"),
  doctor: () => import("./commands/doctor.ts"),
  help: async () => {
    const { run } = await import("./commands/help.ts");
    return { run: (args, io) => run(args, io, helpOf) };
  },
  completion: async () => {
    const { run } = await import("./commands/completion.ts");
    return { run: (args, io) => run(args, io, helpOf) };
  },
  "shell-init": () => import("./commands/shell-init.ts"),
  "install-names": () => import("./commands/install-names.ts"),
  resume: async () => {
    const [{ run }, { continueJob }] = await Promise.all([
      import("./commands/resume.ts"),
      import("./continue.ts"),
    ]);
    return { run: (args, io) => run(args, io, continueJob) };
  },
};

/** Commands about the store, and the short forms of some: store-commands.ts. */
const STORE_WORDS: ReadonlySet<string> = new Set(["store", "put", "get", "pin"]);

/** What begins with one of these runs a command over inputs, whatever stands behind it. */
const RUNS: ReadonlySet<string> = new Set(["run", "submit", "parallel", "sem"]);

type Command = (args: string[], io: CommandIo) => Promise<number>;

const helpOf = commandHelp(async (name) => {
  if (Object.hasOwn(COMMANDS, name)) return (await COMMANDS[name]!()).run;
  if (name === "store" || !STORE_WORDS.has(name)) return undefined;
  const { storeCommand } = await import("./store-commands.ts");
  return async (args, io) => (await storeCommand([name, ...args]))(io);
});

/** The entry of every program name. Ends the process. */
export async function main(name: ProgramName): Promise<void> {
  const words = argumentBytes();
  let status: number;
  // Before anybody hands on our environment.
  const { ignored } = inherited();
  if (ignored.includes(constants.signals.SIGHUP)) process.on("SIGHUP", () => {});
  try {
    status = await dispatch(name, words);
  } catch (error) {
    status = report(name, error, name === "yonder" && asksForJson(words));
  }
  leaveTerminal();
  process.exit(status);
}

/**
 * When Node ends, it gives a terminal the modes that it had when Node began, though somebody else has set others since:
 * a pager that reads our output would be without its keys. It spares descriptors that are closed.
 */
function leaveTerminal(): void {
  for (const fd of [0, 1, 2]) if (isTerminal(fd)) closeSync(fd);
}

async function dispatch(name: ProgramName, words: readonly ByteString[]): Promise<number> {
  if (name !== "yonder") return run(name, words, words);
  const [first = "", ...rest] = words;
  if (words.length === 0 && !hasInput()) return overview();
  const asks = !RUNS.has(first) && (first === "help" || !words.some(isInputSource));
  const command = asks ? await commandOf(first, words) : undefined;
  if (command !== undefined) return command((await import("./commands/io.ts")).processIo());
  switch (first) {
    case "run":
      return run("yonder", rest, words);
    case "submit":
      return run("yonder", ["--detach", ...rest], words);
    case "parallel":
    case "sem":
      return run(first, rest, words);
    default:
      if (asks) await refuseMistyped(first);
      return run("yonder", words, words);
  }
}

/** The command with this name; undefined where the words are one to run over inputs. */
async function commandOf(
  first: ByteString,
  words: readonly ByteString[],
): Promise<((io: CommandIo) => Promise<number>) | undefined> {
  if (Object.hasOwn(COMMANDS, first)) {
    const { run } = await COMMANDS[first]!();
    return (io) => run(process.argv.slice(3), io);
  }
  if (!STORE_WORDS.has(first)) return undefined;
  const { storeCommand } = await import("./store-commands.ts");
  return storeCommand(words);
}

/** `:::` and its like: the words before it are a command, though it may have the name of one of ours. */
function isInputSource(word: ByteString): boolean {
  return /^:{3,4}\+?$/.test(word);
}

/** Commands to run, one a line, may come on standard input: `yonder < commands`. */
function hasInput(): boolean {
  const kind = descriptorKind(0);
  return kind === "pipe" || kind === "file";
}

async function overview(): Promise<number> {
  writeResults(1, (await import("../options/help/overview.ts")).overview("yonder"));
  return 0;
}

async function refuseMistyped(word: ByteString): Promise<void> {
  if (!/^[a-z][a-z-]+$/.test(word)) return;
  const { mistyped } = await import("./mistyped.ts");
  const error = mistyped(word, [...Object.keys(COMMANDS), ...STORE_WORDS, ...RUNS]);
  if (error !== undefined) throw error;
}

/** Also of words that cannot be parsed. Behind the inputs' `:::`, or under GNU parallel's names, it is somebody else's. */
function asksForJson(words: readonly ByteString[]): boolean {
  const end = words.findIndex(isInputSource);
  const own = end === -1 ? words : words.slice(0, end);
  return own.includes("--json") && own[0] !== "parallel" && own[0] !== "sem";
}
