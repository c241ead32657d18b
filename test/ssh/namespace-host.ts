import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { command, type Ended, must } from "./command.ts";
import { commonControls, type SshHost } from "./host.ts";
import { keep } from "./keeper.ts";
import { type Link, openLink } from "./link.ts";
import type { Network } from "./network.ts";
import { processesWhere, signalAll } from "./processes.ts";
import { writeSshd } from "./sshd.ts";

export interface NamespaceOptions {
  /** Default: the name of the host. */
  readonly user?: string;
  /** The login shell. Default /bin/bash. */
  readonly shell?: string;
  /** Shell source for what login shells read at their start (.bashrc, .profile, .cshrc, .zshenv), such as a banner. */
  readonly rc?: string;
  /** /home and /tmp share so many bytes. Default: as many as the machine has. */
  readonly diskBytes?: number;
  /** How wrong the clock of programs is. */
  readonly clockOffsetMs?: number;
  /** Programs that are not there: `["bash", "perl"]`. */
  readonly lacks?: readonly string[];
  /** Of its sshd_config: `["MaxSessions 2"]`. */
  readonly sshd?: readonly string[];
}

/** A host with a network, users, processes, a home, a /tmp and a name of its own. Its programs are this machine's. */
export interface NamespaceHost extends SshHost, Omit<Link, "close" | "address"> {
  /** Fills its disk but for so many bytes; default 0. Only where `diskBytes` was given. */
  fillDisk(leaveBytes?: number): Promise<void>;
  /** Takes back what filled it. */
  freeDisk(): Promise<void>;
  /** All that ran there is gone at once, and connections hear nothing of it; then it is as it was at first, but for its files. */
  reboot(): Promise<void>;
  close(): Promise<void>;
}

export interface Place {
  readonly name: string;
  /** New, and only for this host. */
  readonly directory: string;
  readonly network: Network;
  /** 2 and more: the last part of its address. */
  readonly index: number;
  readonly publicKey: string;
}

export async function bootNamespace(
  place: Place,
  options: NamespaceOptions,
): Promise<{ host: NamespaceHost; hostKey: string }> {
  const { name, directory, publicKey } = place;
  const { user = name, diskBytes } = options;
  const home = `/home/${user}`;
  const sshDirectory = join(directory, "ssh");
  const hostKey = await writeFiles(place, user, options);
  const sizes = [diskBytes === undefined ? "" : String(diskBytes), (options.lacks ?? []).join(" ")];
  const namespaces = ["--net", "--mount", "--uts", "--pid", "--fork", "--kill-child"];
  const script = join(import.meta.dirname, "boot.sh");
  const keeper = keep("unshare", [...namespaces, "sh", script, directory, name, user, ...sizes], {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  });
  const pid = Number(await keeper.line());
  const [link, ready] = await Promise.all([openLink(place.network, place.index, pid), keeper.line()]);
  const ownPids = new Set([1, Number(ready.split(" ")[1])]);
  const space = readlinkSync(`/proc/${pid}/ns/pid`);

  const all = () => processesWhere((other) => isIn(space, other));
  const path = (file: string): string => join(`/proc/${pid}/root`, resolve(home, file));
  const exec = (source: string): Promise<Ended> =>
    command(
      "nsenter",
      ["-t", String(pid), "-m", "-r", "-u", "-p", "-n", "sh", "-c", `cd ${home}\n${source}`],
      {
        env: { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", HOME: home },
      },
    );
  const listenerPid = (): number => Number(readFileSync(join(sshDirectory, "sshd.pid"), "utf8"));
  const host: NamespaceHost = {
    ...commonControls({
      sshds() {
        const sshds = all().filter((process) => process.name === "sshd");
        const listener = sshds.find((process) => process.pidThere === listenerPid());
        return { listener, sessions: sshds.filter((process) => process !== listener) };
      },
      path,
      sshDirectory,
      publicKey,
    }),
    ...link,
    name,
    user,
    home,
    port: 22,
    path,
    exec,
    processes: () => all().filter((process) => process.name !== "sshd" && !ownPids.has(process.pidThere)),
    async startSshd() {
      const start = "rm -f /etc/ssh/sshd.pid && /usr/sbin/sshd -f /etc/ssh/sshd_config -E /etc/ssh/log";
      await exec(`${start} && until [ -s /etc/ssh/sshd.pid ]; do sleep 0.01; done`);
    },
    async fillDisk(leaveBytes = 0) {
      if (diskBytes === undefined) throw new Error(`${name} was made without diskBytes`);
      await exec(`head -c ${leaveBytes} /dev/zero >/home/.left; cat /dev/zero >/home/.full; rm /home/.left`);
    },
    freeDisk: async () => void (await exec("rm -f /home/.full")),
    async reboot() {
      await link.partition();
      host.killSshd();
      signalAll(host.processes(), "SIGKILL");
      await host.startSshd();
      await link.heal();
    },
    async close() {
      await link.close();
      await keeper.close();
    },
  };
  return { host, hostKey };
}

/** All that boot.sh expects in the directory. */
async function writeFiles(place: Place, user: string, options: NamespaceOptions): Promise<string> {
  const { directory, publicKey, index } = place;
  const { shell = "/bin/bash", rc, clockOffsetMs } = options;
  for (const part of ["disk", "skeleton"]) mkdirSync(join(directory, part), { recursive: true });
  writeFileSync(join(directory, "nothing"), "", { mode: 0 });
  writeFileSync(join(directory, "passwd"), passwd(user, shell, index), { mode: 0o644 });
  if (rc !== undefined) {
    const files = [".bashrc", ".profile", ".cshrc", ".zshenv"];
    for (const file of files) writeFileSync(join(directory, "skeleton", file), `${rc}\n`);
  }
  return await writeSshd({
    directory: join(directory, "ssh"),
    seenAs: "/etc/ssh",
    publicKey,
    port: 22,
    listenAddress: "0.0.0.0",
    lines: options.sshd ?? [],
    env: clockOffsetMs === undefined ? {} : await wrongClock(join(directory, "ssh"), clockOffsetMs),
  });
}

/** This machine's users, and one more in front. */
function passwd(user: string, shell: string, index: number): string {
  const others = readFileSync("/etc/passwd", "utf8");
  const [uid, gid] = user === "root" ? [0, 0] : [12_000 + index, 65_534];
  return `${user}:*:${uid}:${gid}:${user}:/home/${user}:${shell}\n${others}`;
}

async function wrongClock(directory: string, offsetMs: number): Promise<Record<string, string>> {
  mkdirSync(directory, { recursive: true });
  const source = join(import.meta.dirname, "clock.c");
  await must("gcc", ["-shared", "-fPIC", "-O1", "-o", join(directory, "clock.so"), source, "-ldl"]);
  return { LD_PRELOAD: "/etc/ssh/clock.so", CLOCK_OFFSET_MS: String(offsetMs) };
}

function isIn(space: string, pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) === space;
  } catch {
    return false;
  }
}
