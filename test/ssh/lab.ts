import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, makeClient } from "./client.ts";
import { type CommandOptions, command, type Ended } from "./command.ts";
import { PREFIX, removeLeftovers } from "./leftovers.ts";
import { type LoopbackHost, type LoopbackOptions, startLoopback } from "./loopback-host.ts";
import { bootNamespace, type NamespaceHost, type NamespaceOptions } from "./namespace-host.ts";
import { type Network, openNetwork } from "./network.ts";

/** Real sshds for tests and benchmarks: hosts that are reached by their names, and fail on demand. */
export interface SshLab extends AsyncDisposable, Omit<Client, "add"> {
  /** All of the lab's files are here. */
  readonly directory: string;
  /** Boots a host. Several may be booted at once. Where `labRefusal("namespace")` says nothing against it. */
  namespace(name: string, options?: NamespaceOptions): Promise<NamespaceHost>;
  /** Starts an sshd of this user on a port of this machine. Needs nothing but an sshd. */
  loopback(name: string, options?: LoopbackOptions): Promise<LoopbackHost>;
  /** The real ssh with these words, such as a host and a command. */
  ssh(words: readonly string[], options?: Omit<CommandOptions, "env">): Promise<Ended>;
  /** Ends all hosts and removes all files. Happens at the end of this process too, whatever that is. */
  close(): Promise<void>;
}

/**
 * A lab without hosts yet.
 *
 *     await using lab = await sshLab();
 *     const alice = await lab.namespace("alice", { shell: "/bin/dash" });
 *     await lab.ssh(["alice", "true"]);
 */
export async function sshLab(): Promise<SshLab> {
  removeLeftovers();
  const directory = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const removeFiles = (): void => rmSync(directory, { recursive: true, force: true });
  process.once("exit", removeFiles);
  const { add, ...client } = await makeClient(directory);
  const { publicKey } = client;
  const hosts: { close(): Promise<void> }[] = [];
  let network: Promise<Network> | undefined;
  let lastIndex = 1;

  const lab: SshLab = {
    ...client,
    directory,
    async namespace(name, options = {}) {
      const index = ++lastIndex;
      network ??= openNetwork();
      const place = { name, directory: join(directory, name), network: await network, index, publicKey };
      const { host, hostKey } = await bootNamespace(place, options);
      hosts.push(host);
      add({ ...host, hostKey });
      return host;
    },
    async loopback(name, options = {}) {
      const place = { name, directory: join(directory, name), publicKey };
      const { host, hostKey } = await startLoopback(place, options);
      hosts.push(host);
      add({ ...host, hostKey });
      return host;
    },
    ssh: (words, options) => command("ssh", words, { ...options, env: client.env }),
    async close() {
      await Promise.all(hosts.splice(0).map((host) => host.close()));
      await (await network)?.close();
      network = undefined;
      process.off("exit", removeFiles);
      removeFiles();
    },
    [Symbol.asyncDispose]: () => lab.close(),
  };
  return lab;
}
