import type { ByteString } from "../bytes/bytes.ts";
import type { Attributes } from "./attributes.ts";

/** Where jobs run, as somebody has named it. Nobody has been there yet. */
export interface Host {
  /** As the joblog and {sshlogin} show it; ":" is this machine. No two hosts of a job have the same. */
  readonly login: ByteString;
  /** Program and arguments that reach it, the host last, the remote command to come behind. Empty for this machine. */
  readonly command: readonly ByteString[];
  /** The host alone, for $PARALLEL_SSHHOST; ":" for this machine. */
  readonly host: ByteString;
  /** What 100% of --jobs is there, 0 for none; undefined: the CPUs it has. */
  readonly cpus: number | undefined;
  /** Its host groups, of which the last has the name of its login. No `+` and no `/` is in the others. */
  readonly groups: readonly ByteString[];
  /** What a hosts file or yonder.toml says of it, for --where. */
  readonly attributes: Attributes;
}

/** One that is named again has the groups and attributes of both, later values first, and the least number of CPUs. */
export function withoutRepeats(hosts: readonly Host[]): readonly Host[] {
  const byLogin = new Map<ByteString, Host>();
  for (const host of hosts) {
    const before = byLogin.get(host.login);
    byLogin.set(host.login, before === undefined ? host : merged(before, host));
  }
  return [...byLogin.values()];
}

function merged(before: Host, host: Host): Host {
  const counts = [before.cpus, host.cpus].filter((count) => count !== undefined);
  const groups = [...before.groups, ...host.groups].filter((group) => group !== host.login);
  return {
    ...host,
    cpus: counts.length === 0 ? undefined : Math.min(...counts),
    groups: [...new Set(groups), host.login],
    attributes: new Map([...before.attributes, ...host.attributes]),
  };
}
