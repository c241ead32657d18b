import { type ByteString, decodeText } from "../bytes/bytes.ts";
import { YonderError } from "../interface/errors.ts";
import { NO_ATTRIBUTES } from "./attributes.ts";
import { commandWords } from "./command-words.ts";
import { described, type Host } from "./host.ts";

export interface LoginWorld {
  /** For `~/` and `$NAME` in ssh commands. */
  readonly env: Readonly<Record<string, ByteString | undefined>>;
  /** How a host is reached that does not say it: a command as a shell would read it. */
  readonly ssh: ByteString;
}

/**
 * One host of --sshlogin or --sshloginfile: `[@groups/][cpus/]login`, where login is `:`, `[user@]host[:port]` or an ssh
 * command that ends with such a host. IPv6 addresses: `::1`, `[::1]:22`, `::1p22`, `::1#22`.
 *
 * @throws YonderError USAGE with what is wrong about it
 */
export function parseHost(word: ByteString, world: LoginWorld): Host {
  const { groups, cpus, rest } = prefixes(word);
  const how = rest === ":" ? { login: ":", host: ":", command: [] } : reached(rest, word, world);
  const said = groups.map((group) => [group, true] as const);
  const counted = cpus === undefined ? said : [...said, ["cores", cpus] as const];
  return described({ ...how, cpus, groups: [], attributes: NO_ATTRIBUTES }, counted);
}

/** A path may begin behind the prefixes: in `2//bin/myssh host` and `//bin/myssh host` it is /bin/myssh. */
function prefixes(word: ByteString): { groups: ByteString[]; cpus: number | undefined; rest: ByteString } {
  const [, groups = "", cpus = "", rest = ""] = /^(?:@([^/]*)\/)?(?:(\d+)\/|\/(?=\/))?(.*)$/s.exec(word)!;
  if (word.startsWith("@") && !groups.split("+").some(Boolean)) refuse(word, "it names no group");
  const count = cpus === "" ? undefined : Number(cpus);
  if (count !== undefined && !Number.isSafeInteger(count)) refuse(word, `${cpus} is not a number of CPUs`);
  return { groups: groups.split("+").filter(Boolean), cpus: count, rest: rest.trim() };
}

function reached(
  login: ByteString,
  word: ByteString,
  { env, ssh }: LoginWorld,
): Pick<Host, "login" | "host" | "command"> {
  const isCommand = /\s/.test(login);
  const words = commandWords(isCommand ? login : ssh, env);
  if (words === undefined) refuse(word, "a quote is not closed");
  if (!isCommand && words.length === 0) refuse(word, "the command of --ssh is empty");
  const { user, name, port } = address(isCommand ? words.pop()! : login, word);
  return {
    login: isCommand ? login : `${user === undefined ? "" : `${user}@`}${name}${port && `:${port}`}`,
    host: name,
    command: [...words, ...(port && ["-p", port]), ...ending(words[0]!, user, name)],
  };
}

/** As a person would type it for OpenSSH; other programs are called as GNU parallel calls them. */
function ending(program: ByteString, user: ByteString | undefined, host: ByteString): ByteString[] {
  if (user === undefined) return [host];
  return /(?:^|\/)ssh$/.test(program) ? [`${user}@${host}`] : ["-l", user, host];
}

interface Address {
  readonly user: ByteString | undefined;
  readonly name: ByteString;
  /** Empty where none is given. */
  readonly port: ByteString;
}

const IPV6 = String.raw`(?:[\da-f]*:){2,}[\da-f.]*`;
const IN_BRACKETS = new RegExp(String.raw`^\[(${IPV6}(?:%[\w.-]+)?)\](?:[:p#](.*))?$`, "is");
/** A zone may have a p in it. */
const WITH_ZONE = new RegExp(`^(${IPV6}%[\\w.-]+)(?:#(.*))?$`, "is");
const BARE = new RegExp(`^(${IPV6})(?:[p#](.*))?$`, "is");
const NAME = /^([^:]*)(?::(.*))?$/s;
/** What may be in the name of a host or user: nothing that a shell, ssh or our own lists treat as more than a letter. */
const HOST = /^(?!-)[\w.~%+:=\x80-\xff-]+$/;
const USER = /^(?!-)[\w.~%+=\\\x80-\xff-]+$/;

/** [user@]host[:port] */
function address(text: ByteString, word: ByteString): Address {
  const at = text.lastIndexOf("@");
  const user = at < 0 ? undefined : text.slice(0, at);
  if (user?.includes(":")) refusePassword(user);
  const place = text.slice(at + 1);
  const [, name = "", port] = [IN_BRACKETS, WITH_ZONE, BARE, NAME].reduce<RegExpExecArray | null>(
    (found, form) => found ?? form.exec(place),
    null,
  )!;
  if (name === "") refuse(word, "it names no host");
  if (name.startsWith("-")) refuse(word, `the host cannot be ${decodeText(name)}, which is an option`);
  if (name.includes("/")) refuse(word, `what stands before / is neither @group nor a number of CPUs`);
  if (!HOST.test(name)) refuse(word, `${decodeText(name)} is not the name of a host`);
  if (user !== undefined && !USER.test(user)) refuse(word, `${decodeText(user)} is not the name of a user`);
  if (port !== undefined && !isPort(port)) refuse(word, `${decodeText(port)} is not a port`);
  return { user, name, port: port ?? "" };
}

function isPort(text: ByteString): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) < 65536;
}

function refuse(word: ByteString, why: string): never {
  throw new YonderError("USAGE", {
    message: `The host "${decodeText(word)}" cannot be used: ${why}.`,
    remedy:
      'hosts are [@GROUP/][CPUS/][USER@]HOST[:PORT], ":" for this machine, or an ssh command that ends with a host',
  });
}

/** They would be in every list of processes. */
function refusePassword(user: ByteString): never {
  const name = decodeText(user.slice(0, user.indexOf(":")));
  throw new YonderError("UNSUPPORTED", {
    message: `A password for ${name} stands in the name of a host.`,
    remedy: `let ssh log in by itself: ssh-copy-id ${name}@HOST, or ssh-agent`,
  });
}
