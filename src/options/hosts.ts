import type { ByteString } from "../bytes/bytes.ts";
import { type Host, withoutRepeats } from "../hosts/host.ts";
import { parseHost } from "../hosts/login.ts";
import { YonderError } from "../interface/errors.ts";
import type { OptionWorld } from "./defaults.ts";
import { hostLines } from "./host-files.ts";

/** Where the hosts of a job are named. Files may say something else later: `readHosts` can be asked again. */
export interface HostRequest {
  /** Values of --sshlogin; what standard input named has been put in its place. */
  readonly logins: readonly ByteString[];
  /** Values of --sshloginfile but `-`. */
  readonly files: readonly ByteString[];
  /** --ssh, or $PARALLEL_SSH, or ssh: the command that is called with the name of a host behind it. */
  readonly ssh: ByteString;
}

const STDIN = "-";

/** @param files values of --sshloginfile; `-` is read here, since it can be read only once */
export function hostRequest(
  logins: readonly ByteString[],
  files: readonly ByteString[],
  ssh: ByteString | undefined,
  world: OptionWorld,
): HostRequest {
  const words = logins.flatMap(splitLogins);
  const asksStdin = [...words, ...files].includes(STDIN);
  const typed = asksStdin ? hostLines(STDIN, world).flatMap(splitLogins) : [];
  return {
    logins: [...words.filter((word) => word !== STDIN), ...typed],
    files: files.filter((file) => file !== STDIN),
    ssh: ssh || world.env["PARALLEL_SSH"] || "ssh",
  };
}

/**
 * The hosts of a job in the order in which they are named, each once; none where none were asked for. `@group` alone
 * chooses those of the group among the others.
 *
 * @throws YonderError USAGE, INPUT
 */
export function readHosts(request: HostRequest, world: OptionWorld): readonly Host[] {
  const { logins, files, ssh } = request;
  const inFile = (file: ByteString): ByteString[] => hostLines(file, world).flatMap(splitLogins);
  const words = [...logins.flatMap((word) => (word === ".." ? inFile(word) : [word])), ...files.flatMap(inFile)];
  const chosen = words.filter(isChoice).flatMap((word) => word.slice(1).split("+"));
  const named = words.filter((word) => !isChoice(word)).map((word) => parseHost(word, { env: world.env, ssh }));
  const hosts = withoutRepeats(named);
  const left = chosen.length === 0 ? hosts : hosts.filter(({ groups }) => groups.some((group) => chosen.includes(group)));
  if (left.length === 0 && (chosen.length > 0 || logins.length + files.length > 0)) throw noHosts(chosen);
  return left;
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

function isChoice(word: ByteString): boolean {
  return /^@[^/]/.test(word) && !word.includes("/");
}

function noHosts(chosen: readonly ByteString[]): YonderError {
  return new YonderError("USAGE", {
    message: "Cannot run any jobs.",
    remedy: chosen.length === 0 ? "name a host" : `no host is in the group ${chosen.join(" or ")}: @GROUP/HOST puts one there`,
  });
}
