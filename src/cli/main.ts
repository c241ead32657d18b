import { closeSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { type ByteString, bufferOf, encodeText } from "../bytes/bytes.ts";
import { inherited } from "../child/inherited.ts";
import { YonderError } from "../interface/errors.ts";
import { isTerminal } from "../output/descriptor.ts";
import { argumentBytes } from "./argv.ts";

export type ProgramName = "yonder" | "parallel" | "sem";

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
  pin: () => import("./commands/pin.ts"),
  unpin: () => import("./commands/unpin.ts"),
  pins: () => import("./commands/pins.ts"),
  name: () => import("./commands/name.ts"),
  verify: () => import("./commands/verify.ts"),
  help: () => import("./commands/help.ts"),
  completion: () => import("./commands/completion.ts"),
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

/** Where commands about the store may begin; store-commands.ts decides. */
const STORE_WORDS: ReadonlySet<string> = new Set(["store", "put", "get", "car", "cat", "ls", "stat"]);

type Command = (args: string[], io: import("./commands/io.ts").CommandIo) => Promise<number>;

/** The entry of every program name. Ends the process. */
export async function main(name: ProgramName): Promise<void> {
  let status: number;
  // Before anybody hands on our environment.
  const { ignored } = inherited();
  if (ignored.includes(constants.signals.SIGHUP)) process.on("SIGHUP", () => {});
  try {
    status = await dispatch(name, argumentBytes());
  } catch (error) {
    status = report(name, error);
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
  const { run } = await import("./commands/run.ts");
  if (name !== "yonder") return run(name, words, words);
  const [first = "", ...rest] = words;
  const command = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  if (command !== undefined) {
    const [{ run: act }, { processIo }] = await Promise.all([command(), import("./commands/io.ts")]);
    return act(process.argv.slice(3), processIo());
  }
  const ofStore = STORE_WORDS.has(first)
    ? await (await import("./store-commands.ts")).storeCommand(words)
    : undefined;
  if (ofStore !== undefined) return ofStore.run(ofStore.args, (await import("./commands/io.ts")).processIo());
  switch (first) {
    case "run":
      return run("yonder", rest, words);
    case "submit":
      return run("yonder", ["--detach", ...rest], words);
    case "parallel":
    case "sem":
      return run(first, rest, words);
    default:
      return run("yonder", words, words);
  }
}

/** What is wrong, and what to do about it; a stack only where the fault is ours. */
function report(name: ProgramName, error: unknown): number {
  // Whoever read our results has seen enough.
  if ((error as NodeJS.ErrnoException).code === "EPIPE") return 141;
  if (error instanceof YonderError) {
    say(name, `Error: ${error.message}`);
    if (error.remedy !== undefined) say(name, error.remedy);
    return error.exitCode;
  }
  say(name, `internal error: ${error instanceof Error ? error.stack : String(error)}`);
  return 255;
}

export function say(name: ProgramName, message: string): void {
  const lines = message.split("\n").map((line, index) => (index === 0 ? `${name}: ${line}\n` : `${line}\n`));
  writeSync(2, bufferOf(encodeText(lines.join(""))));
}
