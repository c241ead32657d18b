import { spawn } from "node:child_process";

export interface Ended {
  /** 128 and more where a signal ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** After so many milliseconds it is killed; default 30 s. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end, whatever that is. */
export function command(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Ended> {
  const { env, cwd, timeoutMs = 30_000 } = options;
  const child = spawn(program, args, { env, cwd, timeout: timeoutMs, killSignal: "SIGKILL" });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("latin1").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("latin1").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => {}).end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ status: code ?? 128, stdout, stderr }));
  });
}

/** The same, where only success will do. Resolves with what it printed. */
export async function must(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { status, stdout, stderr } = await command(program, args, options);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")}: exit status ${status}: ${stderr}${options.input ?? ""}`);
}
