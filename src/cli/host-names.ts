import { dirname, join } from "node:path";

/**
 * Hosts that a person may mean: those of ~/.ssh/config and ~/.ssh/known_hosts, and the names and labels of the nearest
 * yonder.toml. Only names are looked for; what is wrong in a file is for who uses it to say.
 */
export function hostNames(
  env: NodeJS.ProcessEnv,
  directory: string,
  readText: (path: string) => string | undefined,
): string[] {
  const home = env["HOME"] ?? "";
  const toml = tomlPlaces(env, directory).map(readText);
  return [
    ...configNames(readText(join(home, ".ssh/config")) ?? ""),
    ...knownNames(readText(join(home, ".ssh/known_hosts")) ?? ""),
    ...tomlNames(toml.find((text) => text?.includes("[hosts.")) ?? ""),
  ];
}

function configNames(text: string): string[] {
  return [...text.matchAll(/^[ \t]*Host[ \t=]+(.+)$/gim)]
    .flatMap(([, names = ""]) => names.trim().split(/\s+/))
    .filter((name) => !/[*?!]/.test(name));
}

/** Hashed names are nobody's to read. */
function knownNames(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^[\w[]/.test(line))
    .flatMap((line) => line.split(" ", 1)[0]!.split(","))
    .filter((name) => !name.startsWith("["));
}

function tomlNames(text: string): string[] {
  const names = [...text.matchAll(/^\s*\[hosts\.("?)([^"\]]+)\1\]/gm)].map(([, , name = ""]) => name);
  const labels = [...text.matchAll(/^\s*labels\s*=\s*\[([^\]]*)\]/gm)].flatMap(([, list = ""]) =>
    [...list.matchAll(/"([^"]+)"/g)].map(([, label = ""]) => label),
  );
  return [...names, ...labels];
}

function tomlPlaces(env: NodeJS.ProcessEnv, directory: string): string[] {
  const places: string[] = [];
  for (let at = directory; ; at = dirname(at)) {
    places.push(join(at, "yonder.toml"));
    if (at === dirname(at)) break;
  }
  return [
    ...places,
    join(env["XDG_CONFIG_HOME"] || join(env["HOME"] ?? "", ".config"), "yonder/yonder.toml"),
  ];
}
