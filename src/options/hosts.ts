import type { ByteString } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { type OptionWorld, parallelHome } from "./defaults.ts";
import type { Host } from "./values.ts";

/** The hosts of --sshlogin and --sshloginfile, in the order of the command line. Refuses what only ssh reaches. */
export function parseHosts(
  logins: readonly ByteString[],
  files: readonly ByteString[],
  world: OptionWorld,
): readonly Host[] {
  const words = logins.flatMap(splitLogins);
  const lines = files.flatMap((file) => fileLines(file, world));
  return [...words.flatMap((word) => (word === ".." ? fileLines(word, world) : [word])), ...lines].map(
    parseHost,
  );
}

/** At commas and newlines; `\,` and `,,` are a comma. */
function splitLogins(text: ByteString): ByteString[] {
  const comma = "\0";
  return text
    .replace(/\\,|,,/g, comma)
    .split(/[,\n]/)
    .map((word) => word.replaceAll(comma, ",").trim())
    .filter((word) => word !== "");
}

/** [@groups/][cpus/]login */
function parseHost(word: ByteString): Host {
  const [, groups, cpus, login = ""] = /^(?:@([^/]+)\/)?(?:(\d*)\/)?(.*)$/s.exec(word) ?? [];
  if (login !== ":") {
    throw new YonderError("UNSUPPORTED", {
      message: `ssh hosts come in a later version: ${word}`,
      remedy: "use -S : for this machine, or leave -S out",
    });
  }
  return { login, cpus: cpus ? Number(cpus) : undefined, groups: groups?.split("+") ?? [] };
}

function fileLines(file: ByteString, world: OptionWorld): ByteString[] {
  const content = filePlaces(file, world)
    .map((path) => world.readFile(path))
    .find((text) => text !== undefined);
  if (content === undefined) {
    throw new YonderError("INPUT", { message: `Cannot open ${filePlaces(file, world).at(-1)}.` });
  }
  return content
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function filePlaces(file: ByteString, world: OptionWorld): ByteString[] {
  const home = parallelHome(world);
  if (file === "-") return ["/dev/stdin"];
  if (file === ".") return ["/etc/parallel/sshloginfile"];
  if (file !== "..") return [file, `${home}/${file}`];
  const xdg = world.env["XDG_CONFIG_HOME"];
  return [...(xdg ? [`${xdg}/parallel/sshloginfile`] : []), `${home}/sshloginfile`];
}
