import { type ByteString, decodeText } from "../bytes/bytes.ts";
import type { Host } from "../hosts/host.ts";
import { parseHostsFile } from "../hosts/hosts-file.ts";
import type { LoginWorld } from "../hosts/login.ts";
import { hostsCalled, type NamedHosts, parseNamedHosts } from "../hosts/named-hosts.ts";
import { YonderError } from "../interface/errors.ts";
import { type OptionWorld, parallelHome } from "./defaults.ts";

/** The lines of a --sshloginfile that name hosts. `-` is standard input. @throws YonderError INPUT */
export function hostLines(file: ByteString, world: OptionWorld): ByteString[] {
  const places = filePlaces(file, world);
  const content = places.map((path) => world.readFile(path)).find((text) => text !== undefined);
  if (content === undefined) {
    const name = NAMED_PLACES.includes(file) ? places.at(-1)! : file;
    throw new YonderError("INPUT", { message: `Cannot open ${decodeText(name)}.` });
  }
  return content
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

const NAMED_PLACES = ["-", ".", ".."];

function filePlaces(file: ByteString, world: OptionWorld): ByteString[] {
  const home = parallelHome(world);
  if (file === "-") return ["/dev/stdin"];
  if (file === ".") return ["/etc/parallel/sshloginfile"];
  if (file !== "..") return [file, ...(file.startsWith("/") ? [] : [`${home}/${file}`])];
  const xdg = world.env["XDG_CONFIG_HOME"];
  return [...(xdg ? [`${xdg}/parallel/sshloginfile`] : []), `${home}/sshloginfile`];
}

/**
 * --on: hosts and labels of yonder.toml, apart by commas, or a hosts file. A name of yonder.toml comes before a file of
 * the same name.
 *
 * @throws YonderError INPUT
 */
export function hostsOn(value: ByteString, world: OptionWorld, login: LoginWorld): readonly Host[] {
  const toml = namedHosts(world, login);
  const called = value.split(",").map((name) => hostsCalled(name.trim(), toml?.hosts ?? new Map()));
  if (called.every((hosts) => hosts.length > 0)) return called.flat();
  const content = world.readFile(value);
  if (content !== undefined) return parseHostsFile(content, value, login);
  const names = value.split(",").filter((_, index) => called[index]!.length === 0);
  throw new YonderError("INPUT", {
    message: `--on ${decodeText(value)}: there is no such file, and no host or label ${decodeText(names.join(", "))} in ${toml === undefined ? "a yonder.toml" : decodeText(toml.path)}.`,
    remedy:
      "name a hosts file, or give the host a table [hosts.NAME] in yonder.toml, here or in $XDG_CONFIG_HOME/yonder",
  });
}

/** Of the nearest yonder.toml that has hosts: here, in a directory above, at last among the person's own files. */
function namedHosts(
  world: OptionWorld,
  login: LoginWorld,
): { readonly path: ByteString; readonly hosts: NamedHosts } | undefined {
  for (const path of tomlPlaces(world)) {
    const text = world.readFile(path);
    const hosts = text === undefined ? undefined : parseNamedHosts(text, path, login);
    if (hosts !== undefined) return { path, hosts };
  }
  return undefined;
}

function tomlPlaces({ directory, env }: OptionWorld): ByteString[] {
  const above = directory === undefined || directory === "/" ? [""] : directory.split("/");
  const places = above.map((_, index) => `${above.slice(0, above.length - index).join("/")}/yonder.toml`);
  return [
    ...(directory === undefined ? [] : places),
    `${env["XDG_CONFIG_HOME"] || `${env["HOME"] ?? ""}/.config`}/yonder/yonder.toml`,
  ];
}
