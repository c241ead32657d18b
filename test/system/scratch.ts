import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const repository: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A directory with copies of some of the repository, for commands that write where they are. */
export interface Scratch extends Disposable {
  readonly directory: string;
  run(command: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string };
}

/** Commands find yonder in their PATH, and its journals end up in the directory too. */
export function scratch(copies: readonly string[]): Scratch {
  const directory = mkdtempSync(join(tmpdir(), "yonder-docs-"));
  for (const path of copies) {
    cpSync(join(repository, path), join(directory, path), { recursive: true, verbatimSymlinks: true });
  }
  const { PARALLEL: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    PATH: `${join(repository, "bin")}:${process.env["PATH"]}`,
    XDG_STATE_HOME: join(directory, ".state"),
    PARALLEL_HOME: join(directory, ".parallel"),
    HOME: directory,
    LC_ALL: "C",
  };
  return {
    directory,
    run(command) {
      const options = { cwd: directory, env, encoding: "utf8", timeout: 60_000 } as const;
      return spawnSync("/bin/bash", ["-c", command], options);
    },
    [Symbol.dispose]() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
