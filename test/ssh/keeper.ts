import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that lives as long as ours: it ends at the end of its standard input, however we go. */
export interface Keeper {
  readonly child: ChildProcess;
  /** The next line that it says. @throws where it ends first, with its complaints */
  line(): Promise<string>;
  /** Kills it, and waits for that. */
  close(): Promise<void>;
}

export function keep(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Keeper {
  // A group of its own: a ctrl-C is for the tests.
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env, detached: true, cwd: "/" });
  child.stdin!.on("error", () => {});
  let complaints = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      complaints += error.message;
      resolve();
    });
    child.once("exit", () => resolve());
  });
  return {
    child,
    async line() {
      const { value, done } = await lines.next();
      if (done !== true) return value;
      await ended;
      throw new Error(`${program} ${args.join(" ")}: ${complaints}`);
    },
    async close() {
      child.kill("SIGKILL");
      child.stdin!.destroy();
      await ended;
      child.stdout!.destroy();
      child.stderr!.destroy();
    },
  };
}
