import type { ByteString } from "../bytes/bytes.ts";
import { type Host, withoutRepeats } from "../hosts/host.ts";
import { type LoginWorld, parseHost } from "../hosts/login.ts";
import type { OptionWorld } from "./defaults.ts";
import { hostLines, hostsOn } from "./host-files.ts";

/** Where the hosts of a job are named. Files may say something else later: `readHosts` can be asked again. */
export interface HostRequest {
  /** Values of --sshlogin; what standard input named has been put in its place. */
  readonly logins: readonly ByteString[];
  /** Values of --sshloginfile but `-`. */
  readonly files: readonly ByteString[];
  /** Values of --on. */
  readonly on: readonly ByteString[];
  /** --ssh, or $PARALLEL_SSH, or ssh: the command that is called with the name of a host behind it. */
  readonly ssh: ByteString;
}

const STDIN = "-";

/** `-` is read here, since it can be read only once. */
export function hostRequest(
  given: Omit<HostRequest, "ssh"> & { readonly ssh: ByteString | undefined },
  world: OptionWorld,
): HostRequest {
  const words = given.logins.flatMap(splitLogins);
  const asksStdin = [...words, ...given.files].includes(STDIN);
  const typed = asksStdin ? hostLines(STDIN, world).flatMap(splitLogins) : [];
  return {
    logins: [...words.filter((word) => word !== STDIN), ...typed],
    files: given.files.filter((file) => file !== STDIN),
    on: given.on,
    ssh: given.ssh || world.env["PARALLEL_SSH"] || "ssh",
  };
}

/**
 * The hosts of a job in the order in which they are named, each once. `@group` alone chooses those of the group among
 * the others. None where files are empty, or where nobody is in the group.
 *
 * @throws YonderError USAGE, INPUT
 */
export function readHosts(request: HostRequest, world: OptionWorld): readonly Host[] {
  const login: LoginWorld = { env: world.env, ssh: request.ssh };
  const inFile = (file: ByteString): ByteString[] => hostLines(file, world).flatMap(splitLogins);
  const words = [
    ...request.logins.flatMap((word) => (word === ".." ? inFile(word) : [word])),
    ...request.files.flatMap(inFile),
  ];
  const chosen = words.filter(isChoice).flatMap((word) => word.slice(1).split("+"));
  const hosts = withoutRepeats([
    ...words.filter((word) => !isChoice(word)).map((word) => parseHost(word, login)),
    ...request.on.flatMap((value) => hostsOn(value, world, login)),
  ]);
  const isChosen = ({ groups }: Host): boolean => groups.some((group) => chosen.includes(group));
  return chosen.length === 0 ? hosts : hosts.filter(isChosen);
}

/** Whether files say who the hosts are, which may change. */
export function areHostsInFiles({ logins, files, on }: HostRequest): boolean {
  return files.length > 0 || on.length > 0 || logins.includes("..");
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
