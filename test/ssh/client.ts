import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must } from "./command.ts";
import { findProgram } from "./refusal.ts";

/** How this machine logs in to the hosts of a lab. */
export interface Client {
  /** For `ssh -F`. Nothing of the user's or the system's own configuration is read then. */
  readonly config: string;
  readonly knownHosts: string;
  /** What the hosts let in. */
  readonly publicKey: string;
  /** An environment whose ssh, scp and sftp know the hosts by name, and whose rsync finds that ssh. */
  readonly env: NodeJS.ProcessEnv;
  /** From now on the host is known by its name. */
  add(host: Known): void;
}

export interface Known {
  readonly name: string;
  readonly user: string;
  readonly address: string;
  readonly port: number;
  /** The public key of the host, as ssh-keygen writes it. */
  readonly hostKey: string;
}

export async function makeClient(directory: string): Promise<Client> {
  const key = join(directory, "key");
  await must("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", key]);
  const config = join(directory, "config");
  const knownHosts = join(directory, "known_hosts");
  const hosts: Known[] = [];
  const write = (): void => {
    writeFileSync(config, hosts.map(section).join("") + common(key, knownHosts));
    writeFileSync(knownHosts, hosts.map(knownLine).join(""));
  };
  write();
  return {
    config,
    knownHosts,
    publicKey: readFileSync(`${key}.pub`, "utf8"),
    env: { ...process.env, PATH: `${wrappers(directory, config)}:${process.env["PATH"]}` },
    add(host) {
      hosts.push(host);
      write();
    },
  };
}

function section({ name, user, address, port }: Known): string {
  return `Host ${name}\n  HostName ${address}\n  Port ${port}\n  User ${user}\n\n`;
}

function common(key: string, knownHosts: string): string {
  return `Host *
  IdentityFile ${key}
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile ${knownHosts}
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
`;
}

function knownLine({ address, port, hostKey }: Known): string {
  return `${port === 22 ? address : `[${address}]:${port}`} ${hostKey.trim()}\n`;
}

/** A directory for the front of a PATH. */
function wrappers(directory: string, config: string): string {
  const bin = join(directory, "bin");
  mkdirSync(bin);
  for (const name of ["ssh", "scp", "sftp"]) {
    const real = findProgram(name);
    if (real !== undefined) {
      writeFileSync(join(bin, name), `#!/bin/sh\nexec '${real}' -F '${config}' "$@"\n`, { mode: 0o755 });
    }
  }
  return bin;
}
