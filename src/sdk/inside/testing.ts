import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** Builders for the tests of this folder. */

export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "inside-test-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** From now on the journals of this process are in a place of their own. */
export function ownState(): NodeJS.ProcessEnv {
  process.env["XDG_STATE_HOME"] = scratch();
  return process.env;
}

type Run = (args: readonly string[], io: import("../../cli/commands/io.ts").CommandIo) => Promise<number>;

/** A command of yonder, in this process. */
export async function yonder(
  name: string,
  ...args: string[]
): Promise<{ exitCode: number; out: string; err: string }> {
  const { run } = (await import(`../../cli/commands/${name}.ts`)) as { run: Run };
  let out = "";
  let err = "";
  const exitCode = await run(args, {
    env: process.env,
    write: (content) => void (out += content.toString()),
    writeError: (content) => void (err += content.toString()),
    note: (line) => void (err += `yonder: ${line}\n`),
    columns: undefined,
    nowMs: Date.now,
  });
  return { exitCode, out, err };
}

/** The lines of JSON that a command prints. */
export async function yonderJson<T>(name: string, ...args: string[]): Promise<T[]> {
  const { out } = await yonder(name, ...args, "--json");
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}
