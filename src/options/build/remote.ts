import { parseCondition } from "../../hosts/where.ts";
import { YonderError } from "../../interface/errors.ts";
import type { OptionWorld } from "../defaults.ts";
import type { Given } from "../given.ts";
import { type HostRequest, hostRequest, readHosts } from "../hosts.ts";
import type { RemoteOptions } from "../options.ts";
import { durationMs } from "../quantity.ts";
import type { Host } from "../values.ts";
import { refuse } from "./number.ts";

export function remoteOptions(given: Given, world: OptionWorld): RemoteOptions {
  const transfer = given.flag("transfer") || given.flag("trc") ? ["{}"] : [];
  const where = given.last("where");
  const request = hostRequest(
    {
      logins: given.all("sshlogin"),
      files: given.all("sshloginfile"),
      on: given.all("on"),
      ssh: given.last("ssh"),
    },
    world,
  );
  return {
    hosts: hostsOf(given, request, world),
    hostRequest: request,
    where: where === undefined ? undefined : parseCondition(where),
    speculate: given.flag("speculate"),
    hostTimeoutMs: hostTimeoutOf(given),
    onall: given.flag("onall"),
    nonall: given.flag("nonall"),
    transferfile: [...transfer, ...given.all("transferfile")],
    return: [...given.all("return"), ...given.all("trc")],
    cleanup: given.flag("cleanup") || given.flag("trc"),
    basefile: given.all("basefile"),
    controlmaster: given.flag("controlmaster"),
    filterHosts: given.flag("filter-hosts"),
    rsyncOpts: given.last("rsync-opts"),
  };
}

const NAME_HOSTS = ["sshlogin", "sshloginfile", "on"];

/** Files may be empty for a while, but not at the start. */
function hostsOf(given: Given, request: HostRequest, world: OptionWorld): readonly Host[] {
  const hosts = readHosts(request, world);
  if (hosts.length > 0 || !NAME_HOSTS.some((name) => given.flag(name))) return hosts;
  throw new YonderError("USAGE", {
    message: "Cannot run any jobs.",
    remedy: "name a host that there is: @GROUP alone chooses among those that are named as @GROUP/HOST",
  });
}

const HOST_TIMEOUT_MS = 15_000;

function hostTimeoutOf(given: Given): number {
  const text = given.last("host-timeout");
  if (text === undefined) return HOST_TIMEOUT_MS;
  const ms = durationMs(text);
  if (ms === undefined || ms < 1000)
    refuse("host-timeout", text, "a time of a second or more, like 30 or 2m");
  return ms;
}

/** GNU parallel names one of them, the first of these. */
const ONLY_FOR_REMOTE = ["trc", "transfer", "transferfile", "return", "cleanup", "basefile"];

export function remoteWarnings(given: Given, hosts: readonly Host[]): string[] {
  if (hosts.some(({ login }) => login !== ":")) return [];
  // --cleanup also removes the files of --template, which are made here.
  const useful = given.flag("template") ? "cleanup" : undefined;
  const name = ONLY_FOR_REMOTE.find((option) => given.flag(option) && option !== useful);
  return name ? [`--${name} ignored as there are no remote --sshlogin.`] : [];
}
