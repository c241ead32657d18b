import type { ByteString } from "../bytes/bytes.ts";
import type { Attribute, Attributes } from "./attributes.ts";

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
  /** Its host groups: those that were named, which are its labels, then its login. */
  readonly groups: readonly ByteString[];
  /** What has been said of it, for --where; true for each label. What is measured comes beside that: see attributesOf. */
  readonly attributes: Attributes;
}

/** A host, with more said of it: what is true is a label. */
export function described(host: Host, attributes: readonly Attribute[]): Host {
  const all = new Map([...host.attributes, ...attributes]);
  const labels = [...all].filter(([, value]) => value === true).map(([name]) => name);
  const cores = all.get("cores");
  return {
    ...host,
    cpus: host.cpus ?? (typeof cores === "number" ? cores : undefined),
    groups: [...new Set([...labels, host.login])],
    attributes: all,
  };
}

/** All that is known of a host; what somebody has said of it counts more than what was measured. */
export function attributesOf(host: Host, measured: Attributes): Attributes {
  return new Map([...measured, ...host.attributes]);
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
  return {
    ...described({ ...host, attributes: before.attributes }, [...host.attributes]),
    cpus: counts.length === 0 ? undefined : Math.min(...counts),
  };
}
