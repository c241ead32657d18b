import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./command.ts";

export interface SshdFiles {
  /** Where its files are written. */
  readonly directory: string;
  /** The same directory as the sshd sees it. */
  readonly seenAs: string;
  readonly publicKey: string;
  readonly port: number;
  readonly listenAddress: string;
  /** Of every session, before what the login shell does. */
  readonly env: Readonly<Record<string, string>>;
  /** More lines of its configuration; they come first, and the first one counts. */
  readonly lines: readonly string[];
}

/** Writes what an sshd needs, into a new directory. Resolves with the public key of the host. */
export async function writeSshd(files: SshdFiles): Promise<string> {
  const { directory, seenAs } = files;
  mkdirSync(directory, { recursive: true });
  const key = join(directory, "host_key");
  await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]);
  const setEnv = Object.entries(files.env).map(([name, value]) => `"${name}=${value}"`);
  const lines = [
    ...files.lines,
    `Port ${files.port}`,
    `ListenAddress ${files.listenAddress}`,
    `HostKey ${seenAs}/host_key`,
    `PidFile ${seenAs}/sshd.pid`,
    `AuthorizedKeysFile ${seenAs}/authorized_keys`,
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "PermitRootLogin yes",
    "StrictModes no",
    "UsePAM no",
    "PrintMotd no",
    "PrintLastLog no",
    `Subsystem sftp ${sftpServer()}`,
    // sshd takes the first such line alone.
    ...(setEnv.length > 0 ? [`SetEnv ${setEnv.join(" ")}`] : []),
  ];
  writeFileSync(join(directory, "sshd_config"), lines.join("\n") + "\n");
  acceptKeys(directory, files.publicKey);
  return await must("cat", [`${key}.pub`]);
}

/** A program, for a host whose sessions are begun by a command of ours: that could not run what is inside sshd. */
function sftpServer(): string {
  const places = ["/usr/lib/openssh", "/usr/libexec/openssh", "/usr/lib/ssh"].map(
    (place) => `${place}/sftp-server`,
  );
  return places.find((path) => existsSync(path)) ?? "internal-sftp";
}

/** From the next login on. */
export function acceptKeys(directory: string, publicKey: string): void {
  writeFileSync(join(directory, "authorized_keys"), publicKey);
}

export function refuseKeys(directory: string): void {
  writeFileSync(join(directory, "authorized_keys"), "");
}
