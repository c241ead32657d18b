import type { ByteString } from "../bytes/bytes.ts";
import { shellWords } from "../bytes/shell-words.ts";
import { YonderError } from "../interface/errors.ts";

/** What the command line is read against: the environment and files, handed in so that this stays pure. */
export interface OptionWorld {
  readonly env: Readonly<Record<string, ByteString | undefined>>;
  /** The content of a file; undefined where there is none or it cannot be read. */
  readonly readFile: (path: ByteString) => ByteString | undefined;
  /** The working directory, absolute: yonder.toml is looked for there and above. Without it only in $XDG_CONFIG_HOME. */
  readonly directory?: ByteString | undefined;
}

/** Options from elsewhere than the command line: each list of words is parsed alone, later ones win. */
export function defaultWords(profiles: readonly ByteString[], world: OptionWorld): ByteString[][] {
  const files = profiles.length > 0 ? profiles.map((name) => profilePath(name, world)) : configPaths(world);
  const lists = files.map((path) => fileWords(path, world));
  const variable = world.env["PARALLEL"];
  if (variable) lists.push(splitOrThrow(variable, "$PARALLEL"));
  return lists.filter((words) => words.length > 0);
}

/** Where GNU parallel keeps its files: profiles, sshloginfile, semaphores, ignored_vars. */
export function parallelHome(world: Pick<OptionWorld, "env">): ByteString {
  return world.env["PARALLEL_HOME"] || `${world.env["HOME"] ?? ""}/.parallel`;
}

/** All that exist are read; the ones that are nearer to the person come later, so that they win. */
function configPaths(world: OptionWorld): ByteString[] {
  const { env } = world;
  const shared = (env["XDG_CONFIG_DIRS"] ?? "").split(":").filter((dir) => dir !== "");
  const own = env["XDG_CONFIG_HOME"] ? [env["XDG_CONFIG_HOME"]] : [];
  return [
    "/etc/parallel/config",
    ...[...shared.reverse(), ...own].map((dir) => `${dir}/parallel/config`),
    `${env["HOME"] ?? ""}/.parallelrc`,
    `${parallelHome(world)}/config`,
  ];
}

function profilePath(name: ByteString, world: OptionWorld): ByteString {
  if (name.startsWith("/") || name.startsWith("./") || name.startsWith("../")) return name;
  const own = world.env["XDG_CONFIG_HOME"];
  const home = `${parallelHome(world)}/${name}`;
  if (!own || world.readFile(home) !== undefined) return home;
  return `${own}/parallel/${name}`;
}

/** A profile that does not exist is no error: GNU parallel's is none either, and scripts count on it. */
function fileWords(path: ByteString, world: OptionWorld): ByteString[] {
  const lines = (world.readFile(path) ?? "").split("\n");
  return lines.flatMap((line, index) =>
    /^\s*#/.test(line) ? [] : splitOrThrow(line, `${path}, line ${index + 1}`),
  );
}

function splitOrThrow(text: ByteString, place: string): ByteString[] {
  const words = shellWords(text);
  if (words) return words;
  throw new YonderError("USAGE", {
    message: `A quote is not closed in ${place}`,
    remedy: "close it, or put a backslash before it",
  });
}
