import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { command } from "./command.ts";
import { commonControls, type SshHost } from "./host.ts";
import { type Keeper, keep } from "./keeper.ts";
import { descendants, type HostProcess, processesWhere } from "./processes.ts";
import { findProgram } from "./refusal.ts";
import { writeSshd } from "./sshd.ts";

export interface LoopbackOptions {
  /** The shell that runs commands. Default: this user's login shell. */
  readonly shell?: string;
  /** Of its sshd_config: `["MaxSessions 2"]`. */
  readonly sshd?: readonly string[];
  /** More variables of its sessions, such as PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An sshd of this user on this machine, with a home directory of its own; all else is the machine's. */
export interface LoopbackHost extends SshHost {
  close(): Promise<void>;
}

/** What every process of a lab has in its environment. */
export const MARK = "YONDER_SSH_LAB";

export async function startLoopback(
  place: { readonly name: string; readonly directory: string; readonly publicKey: string },
  options: LoopbackOptions,
): Promise<{ host: LoopbackHost; hostKey: string }> {
  const { name, directory, publicKey } = place;
  const { username, shell: ownShell } = userInfo();
  const home = join(directory, "home");
  const sshDirectory = join(directory, "ssh");
  mkdirSync(home, { recursive: true });
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const env = {
    HOME: home,
    SHELL: options.shell ?? ownShell ?? "/bin/sh",
    [MARK]: directory,
    ...options.env,
  };
  const port = await freePort();
  const files = { directory: sshDirectory, seenAs: sshDirectory, publicKey, port };
  const lines = [...(options.sshd ?? []), `ForceCommand ${SESSION}`];
  const hostKey = await writeSshd({ ...files, listenAddress: "127.0.0.1", env, lines });

  let keeper: Keeper | undefined;
  async function startSshd(): Promise<void> {
    const { sshd, pidFile } = {
      sshd: findProgram("sshd") ?? "sshd",
      pidFile: join(sshDirectory, "sshd.pid"),
    };
    writeFileSync(pidFile, "");
    const words = ["-D", "-f", join(sshDirectory, "sshd_config"), "-E", join(sshDirectory, "log")];
    await keeper?.close();
    keeper = keep("sh", [
      "-c",
      '"$@" >/dev/null & echo; exec >/dev/null; cat; kill -9 $!',
      "sh",
      sshd,
      ...words,
    ]);
    await keeper.line();
    for (let tries = 0; readFileSync(pidFile, "utf8") === ""; tries++) {
      if (tries > 1000)
        throw new Error(`sshd has not started: ${readFileSync(join(sshDirectory, "log"), "utf8")}`);
      await sleep(5);
    }
  }

  function sshds(): { listener: HostProcess | undefined; sessions: HostProcess[]; work: HostProcess[] } {
    const pid = Number(readFileSync(join(sshDirectory, "sshd.pid"), "utf8"));
    const everything = processesWhere(() => true);
    const below = descendants([pid], everything);
    const listener = below.find((process) => process.pid === pid);
    const isWork = (process: HostProcess): boolean =>
      process.name !== "sshd" && (below.includes(process) || isMarked(process.pid, directory));
    const sessions = below.filter((process) => process !== listener && process.name === "sshd");
    return { listener, sessions, work: everything.filter(isWork) };
  }

  await startSshd();
  const path = (file: string): string => resolve(home, file);
  const host: LoopbackHost = {
    ...commonControls({ sshds, path, sshDirectory, publicKey }),
    name,
    user: username,
    home,
    address: "127.0.0.1",
    port,
    path,
    processes: () => sshds().work,
    exec: (source) => command("sh", ["-c", source], { cwd: home, env: { ...process.env, HOME: home } }),
    startSshd,
    async close() {
      const { sessions, work } = sshds();
      for (const { pid } of [...sessions, ...work]) kill(pid);
      host.killSshd();
      await keeper?.close();
    },
  };
  return { host, hostKey };
}

/** Of every session, in place of what sshd would do: it goes to the user's one home directory before all else. */
const SESSION =
  'cd "$HOME" && c=$SSH_ORIGINAL_COMMAND && unset SSH_ORIGINAL_COMMAND && ' +
  'if [ -n "$c" ]; then exec "$SHELL" -c "$c"; else exec "$SHELL" -l; fi';

/** By what its environment was at its start. */
export function isMarked(pid: number, directory: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").includes(`${MARK}=${directory}`);
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
