import { type ByteString, decodeText } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";

/** How a host is reached. */
export interface Login {
  /** As people write it and the joblog shows it: `user@host`, or a whole ssh command. */
  readonly name: ByteString;
  /** Program and arguments, the host last: what a person types before the remote command. */
  readonly command: readonly ByteString[];
}

/** Whether it is OpenSSH's client that is called, which shares connections and knows the options below. */
export function isOpenSsh({ command }: Login): boolean {
  const program = command[0] ?? "";
  return program.slice(program.lastIndexOf("/") + 1) === "ssh";
}

/** What a person can type to see for themselves why a host cannot be reached. */
export function byHand({ command }: Login): string {
  return decodeText([...command, "true"].map(quoteWord).join(" "));
}

export interface SharingOptions {
  /** The socket of the connection that is shared. */
  readonly socket: string;
  /** The call that makes the connection, or one that uses it. */
  readonly role: "master" | "client";
  /** A connection over which nothing has come for so long is lost. */
  readonly silenceMs: number;
  /** As long may it take to reach a host. */
  readonly connectMs: number;
}

/** How often a silent host is asked for a sign of life before it is given up. */
const KEEPALIVES = 3;

/**
 * The words of a call of ssh. What the sharing needs comes first, for ssh takes the first value of an option; what is
 * only our default comes behind the person's own options.
 */
export function sshWords(login: Login, options: SharingOptions): ByteString[] {
  const [program = "ssh", ...rest] = login.command;
  const host = rest.pop() ?? "";
  const intervalS = Math.max(1, Math.round(options.silenceMs / 1000 / KEEPALIVES));
  return [
    program,
    ...words({
      ControlMaster: options.role === "master" ? "yes" : "no",
      ControlPath: options.socket,
      ControlPersist: "no",
    }),
    "-T",
    ...rest,
    ...words({
      BatchMode: "yes",
      ConnectTimeout: Math.max(1, Math.ceil(options.connectMs / 1000)),
      ServerAliveInterval: intervalS,
      ServerAliveCountMax: KEEPALIVES,
      EscapeChar: "none",
      ClearAllForwardings: "yes",
      RequestTTY: "no",
      LogLevel: "ERROR",
    }),
    host,
  ];
}

function words(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}
