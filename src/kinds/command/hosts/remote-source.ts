import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { type ByteString, bufferOf, bytesOf, encodeText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { homeOf } from "../../../home.ts";
import { trueValues } from "../../../launch/shell/true-values.ts";
import { parallelHome } from "../../../options/defaults.ts";
import { workingDirectory } from "../../../working-directory.ts";

/**
 * --workdir on another host, as a path there: empty for the login directory, else absolute or below it.
 *
 * `.` is where we are: below the home directory, at the same place below the home there; elsewhere, at the same path.
 * `...` is a new directory for each job.
 */
export function remoteWorkdir(name: ByteString | undefined, seq: number): ByteString {
  if (name === undefined) return "";
  if (name === "...") return `.parallel/tmp/${encodeText(hostname())}-${process.pid}-${seq}`;
  if (name === ".") return belowHome(encodeText(workingDirectory()));
  if (name === "~") return "";
  return name.startsWith("~/") ? name.slice(2) : name;
}

function belowHome(path: ByteString): ByteString {
  const home = encodeText(homeOf(process.env) ?? "/");
  if (path === home) return "";
  return path.startsWith(`${home}/`) ? path.slice(home.length + 1) : path;
}

/** Makes what the shell of a host gets from what the shell of this machine would. */
export interface RemoteSource {
  /** @param workdir as `remoteWorkdir` gives it */
  of(source: ByteString, workdir: ByteString): ByteString;
}

export function remoteSource({ functions }: CarriedEnvironment): RemoteSource {
  return {
    of: (source, workdir) => functions + inDirectory(workdir, source),
  };
}

/** Shell source that runs `source` in a directory, which is made where it is not there. */
function inDirectory(directory: ByteString, source: ByteString): ByteString {
  if (directory === "") return source;
  const word = quoteWord(directory.startsWith("-") ? `./${directory}` : directory);
  return `mkdir -p ${word} && cd ${word} || exit 255\n${source}`;
}

/** What --env carries to other hosts. */
export interface CarriedEnvironment {
  readonly variables: readonly (readonly [name: string, value: ByteString])[];
  /** Shell source that defines functions, for the shell of the jobs. */
  readonly functions: ByteString;
}

const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** The variables and exported functions that --env names; with `_` all but those that --record-env has seen. */
export function carriedEnvironment(names: readonly ByteString[], env: NodeJS.ProcessEnv): CarriedEnvironment {
  const wanted = new Set<string>(names.filter((name) => name !== "_"));
  if (names.includes("_")) {
    const ignored = ignoredNames(env);
    for (const name of Object.keys(env)) if (!ignored.has(plainName(name))) wanted.add(plainName(name));
  }
  const bytes = trueValues(env);
  const variables: [string, ByteString][] = [];
  let functions = "";
  for (const [key, text = ""] of Object.entries(env)) {
    const name = plainName(key);
    if (!wanted.has(name)) continue;
    const value = bytes.get(key) ?? encodeText(text);
    if (name !== key) functions += `${name} ${value}\nexport -f ${name}\n`;
    else if (IDENTIFIER.test(key)) variables.push([key, value]);
  }
  return { variables, functions };
}

/** bash exports a function f as the variable BASH_FUNC_f%%. */
function plainName(name: string): string {
  return /^BASH_FUNC_(.*)(?:%%|\(\))$/.exec(name)?.[1] ?? name;
}

function ignoredNames(env: NodeJS.ProcessEnv): ReadonlySet<string> {
  const path = bufferOf(`${parallelHome({ env })}/ignored_vars`);
  return new Set(existsSync(path) ? bytesOf(readFileSync(path)).split("\n") : []);
}
