import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import type { Ended } from "./command.ts";
import { type HostProcess, signalAll } from "./processes.ts";
import { acceptKeys, refuseKeys } from "./sshd.ts";

/** A host of the lab, and what a test does to it. */
export interface SshHost {
  readonly name: string;
  readonly user: string;
  /** Its home directory, as the host calls it. */
  readonly home: string;
  readonly address: string;
  readonly port: number;
  /** What sshd has logged so far. */
  readonly log: string;
  /** What runs there now, but for sshd and what keeps the host up. */
  processes(): HostProcess[];
  /** Where a file of the host is found from here: relative to its home, or absolute. */
  path(file: string): string;
  /** All that is in a directory there, sorted; paths are relative to it, directories end in `/`. Default: the home. */
  files(directory?: string): string[];
  /** Runs shell source there, in the home directory, without ssh: as root in a namespace, or else as this user. */
  exec(source: string): Promise<Ended>;
  /** The listening sshd and those of the sessions hang: the network works, nobody answers. */
  stopSshd(): void;
  contSshd(): void;
  /** Connections break at once; what they ran is left to itself, new logins work. */
  killSessions(): void;
  /** The same for sshd itself: new logins are refused until `startSshd`. */
  killSshd(): void;
  startSshd(): Promise<void>;
  /** From the next login on. */
  refuseKeys(): void;
  acceptKeys(): void;
}

/** What both kinds of hosts know of themselves. */
export interface HostParts {
  /** Its sshd and those of its sessions. */
  sshds(): { readonly listener: HostProcess | undefined; readonly sessions: readonly HostProcess[] };
  path(file: string): string;
  /** Where the files of its sshd are, from here. */
  readonly sshDirectory: string;
  readonly publicKey: string;
}

type Common =
  | "files"
  | "stopSshd"
  | "contSshd"
  | "killSessions"
  | "killSshd"
  | "refuseKeys"
  | "acceptKeys"
  | "log";

export function commonControls(parts: HostParts): Pick<SshHost, Common> {
  const { sshDirectory, publicKey } = parts;
  function signal(which: "all" | "sessions", name: NodeJS.Signals): void {
    const { listener, sessions } = parts.sshds();
    signalAll(which === "all" && listener !== undefined ? [listener, ...sessions] : sessions, name);
  }
  return {
    log: join(sshDirectory, "log"),
    files: (directory = ".") => filesBelow(parts.path(directory)),
    stopSshd: () => signal("all", "SIGSTOP"),
    contSshd: () => signal("all", "SIGCONT"),
    killSessions: () => signal("sessions", "SIGKILL"),
    killSshd: () => signal("all", "SIGKILL"),
    refuseKeys: () => refuseKeys(sshDirectory),
    acceptKeys: () => acceptKeys(sshDirectory, publicKey),
  };
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = relative(directory, join(entry.parentPath, entry.name));
      return entry.isDirectory() ? `${path}/` : path;
    })
    .sort();
}
