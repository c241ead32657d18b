import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { program } from "./program.ts";

export interface Ended {
  readonly status: number | null;
  readonly signal: string | null;
  /** Bytes, one char each. */
  readonly stdout: string;
  readonly stderr: string;
}

/** A scratch directory that is also the home, the state and the temporary directory of the commands that run in it. */
export interface Sandbox extends Disposable {
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
  /** A bash script with `yonder` and `parallel` in it; $1 and so on are `words`. */
  run(script: string, words?: readonly (string | Buffer)[]): Ended;
  /** The same without waiting. */
  start(script: string): Started;
}

export interface Started {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** What it has said on standard error so far. */
  said(): string;
  /** What it has written to its standard output so far. */
  shown(): string;
  readonly ended: Promise<Ended>;
}

export function sandbox(more: NodeJS.ProcessEnv = {}): Sandbox {
  const directory = mkdtempSync(join(tmpdir(), "yonder-sandbox-"));
  const env = {
    PATH: process.env["PATH"],
    HOME: directory,
    XDG_STATE_HOME: join(directory, "state"),
    TMPDIR: directory,
    SHELL: "/bin/bash",
    LC_ALL: "C",
    ...more,
  };
  const paths = {
    yonder: program,
    parallel: join(dirname(program), "parallel"),
    sem: join(dirname(program), "sem"),
  };
  const names = Object.entries(paths).map(
    ([name, path]) => `${name}() { command '${process.execPath}' '${path}' "$@"; }`,
  );
  const whole = (script: string): string => `${names.join("\n")}\n${script}`;
  return {
    directory,
    env,
    run(script, words = []) {
      const args = ["-c", whole(script), "bash", ...words];
      const options = {
        cwd: directory,
        env,
        encoding: "latin1",
        timeout: 60_000,
        maxBuffer: 1 << 28,
      } as const;
      return spawnSync("/bin/bash", args as string[], options);
    },
    start(script) {
      // The shell becomes the program: signals reach it.
      const words = whole("").replaceAll("{ command", "{ exec");
      // So bash is not among the processes that it comes from, and the shell of its jobs would be that of whoever runs the tests.
      const child = spawn("/bin/bash", ["-c", `${words}\n${script}`], {
        cwd: directory,
        env: { PARALLEL_SHELL: "/bin/bash", ...env },
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("latin1").on("data", (chunk: string) => (stdout += chunk));
      child.stderr.setEncoding("latin1").on("data", (chunk: string) => (stderr += chunk));
      const ended = new Promise<Ended>((resolve) =>
        child.once("close", (status, signal) => resolve({ status, signal, stdout, stderr })),
      );
      return {
        pid: child.pid!,
        kill: (signal) => child.kill(signal),
        said: () => stderr,
        shown: () => stdout,
        ended,
      };
    },
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}
