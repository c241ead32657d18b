import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const SSHD = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/libexec/sshd"].find(existsSync);

/** Why there can be no tests over ssh; false where there can. */
export const noSshd: string | false = SSHD === undefined && "there is no sshd: install openssh-server";

export interface Sshd {
  readonly process: ChildProcess;
  readonly port: number;
}

/** A directory with keys, and an ssh configuration that grows with the hosts that are made. */
export interface SshBed {
  readonly directory: string;
  /** For `ssh -F`. */
  readonly config: string;
  /** Makes a name known to ssh. */
  name(host: string, settings: Readonly<Record<string, string | number>>): void;
  /**
   * An sshd of this user on 127.0.0.1, which is reached as `host`.
   * @param settings of sshd_config
   */
  sshd(host: string, settings?: Readonly<Record<string, string>>): Promise<Sshd>;
  /** Ends all of it. */
  close(): void;
}

export function sshBed(): SshBed {
  const directory = mkdtempSync(join(tmpdir(), "sshbed-"));
  const at = (name: string): string => join(directory, name);
  const daemons: ChildProcess[] = [];
  for (const key of ["host", "key", "stranger"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", key, "-f", at(key)]);
  }
  const [type, key] = readFileSync(at("host.pub"), "utf8").split(" ");
  writeFileSync(at("known"), `bed ${type} ${key}\n`);
  writeFileSync(at("config"), "");

  function name(host: string, settings: Readonly<Record<string, string | number>>): void {
    const all = {
      HostName: "127.0.0.1",
      HostKeyAlias: "bed",
      User: userInfo().username,
      IdentityFile: at("key"),
      IdentitiesOnly: "yes",
      IdentityAgent: "none",
      UserKnownHostsFile: at("known"),
      ...settings,
    };
    const lines = Object.entries(all).map(([option, value]) => `  ${option} ${value}\n`);
    writeFileSync(at("config"), `Host ${host}\n${lines.join("")}`, { flag: "a" });
  }

  return {
    directory,
    config: at("config"),
    name,
    async sshd(host, settings = {}) {
      const port = await freePort();
      const options = {
        Port: port,
        ListenAddress: "127.0.0.1",
        HostKey: at("host"),
        PidFile: "none",
        UsePAM: "no",
        StrictModes: "no",
        AuthorizedKeysFile: at("key.pub"),
        ...settings,
      };
      const words = Object.entries(options).flatMap(([option, value]) => ["-o", `${option}=${value}`]);
      const daemon = spawn(SSHD!, ["-D", "-e", "-f", "/dev/null", ...words], { stdio: "ignore" });
      daemons.push(daemon);
      await answering(port);
      name(host, { Port: port });
      return { process: daemon, port };
    },
    close() {
      for (const daemon of daemons) {
        daemon.kill("SIGCONT");
        daemon.kill("SIGKILL");
      }
      rmSync(directory, { recursive: true });
    },
  };
}

/** A port that nobody listens on, as far as one can know. */
export async function freePort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = createConnection(port, "127.0.0.1");
      socket.on("data", () => socket.destroy()).on("close", () => resolve(socket.bytesRead > 0));
      socket.on("error", () => resolve(false));
    });
    if (isUp) return;
    await sleep(20);
  }
  throw new Error(`no sshd on port ${port}`);
}
