import type { ByteString } from "../bytes/bytes.ts";
import { decodeText } from "../bytes/bytes.ts";
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
