import { existsSync, writeFileSync } from "node:fs";
import { bufferOf, decodeText, encodeText } from "../../../bytes/bytes.ts";
import { makeDirectories } from "../../../directories.ts";
import { YonderError } from "../../../interface/errors.ts";
import { type OptionWorld, parallelHome } from "../../../options/defaults.ts";
import type { Options } from "../../../options/options.ts";

/** --record-env: the names of today's variables, which `--env _` then leaves at home. */
export function recordEnvironment(world: OptionWorld): void {
  const names = Object.keys(world.env).filter((name) => world.env[name] !== undefined);
  const home = parallelHome(world);
  const text = names.map((name) => `${encodeText(name)}\n`).join("");
  try {
    makeDirectories(bufferOf(home));
    writeFileSync(bufferOf(`${home}/ignored_vars`), bufferOf(text));
  } catch (cause) {
    throw new YonderError("OUTPUT", {
      message: `cannot record the environment in ${decodeText(home)}: ${(cause as Error).message}`,
      remedy: "name a directory that you may write to with PARALLEL_HOME",
      cause,
    });
  }
}

/**
 * --env _ without a record is refused, so that a script behaves here as it will on other hosts. Jobs on this machine
 * inherit all variables, whatever --env says.
 *
 * @throws YonderError USAGE
 */
export function requireRecordedEnvironment({ env }: Options, world: OptionWorld): void {
  if (!env.includes("_") || existsSync(bufferOf(`${parallelHome(world)}/ignored_vars`))) return;
  throw new YonderError("USAGE", { message: "Run 'parallel --record-env' in a clean environment first." });
}

/** $PARALLEL_HOME is made where it is not there yet. */
export function makeParallelHome(world: OptionWorld): void {
  if (!world.env["PARALLEL_HOME"]) return;
  try {
    makeDirectories(bufferOf(parallelHome(world)));
  } catch {
    // What needs it will say so.
  }
}
