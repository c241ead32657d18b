import { YonderError } from "../../interface/errors.ts";
import type { OptionWorld } from "../defaults.ts";
import type { Given } from "../given.ts";
import { readHosts } from "../hosts.ts";
import type { EnvironmentOptions, RemoteOptions, SemaphoreOptions, YonderOptions } from "../options.ts";
import { durationMs } from "../quantity.ts";
import type { OptionRow } from "../table/row.ts";
import type { Host, KeepOutput } from "../values.ts";
import { bytesOf, refuse } from "./number.ts";

export function environmentOptions(given: Given): EnvironmentOptions {
  return {
    workdir: given.last("workdir"),
    env: given.all("env").flatMap((names) => names.split(",")),
    processSlotVar: given.last("process-slot-var"),
    tty: given.flag("tty"),
    openTty: given.flag("open-tty"),
    interactive: given.flag("interactive"),
  };
}

const IMPLY_SEMAPHORE = ["semaphore", "semaphore-name", "semaphore-timeout", "fg", "bg", "wait"];

export function semaphoreOptions(given: Given, sem: boolean): SemaphoreOptions {
  const tmux = given.flag("tmux") || given.flag("tmuxpane");
  return {
    // With --tmux, --fg means something else.
    semaphore: sem || IMPLY_SEMAPHORE.some((name) => given.flag(name) && !(tmux && name === "fg")),
    semaphoreName: given.last("semaphore-name"),
    semaphoreTimeoutMs: signedDurationOf(given, "semaphore-timeout"),
    fg: given.flag("fg"),
    bg: given.flag("bg"),
    wait: given.flag("wait"),
  };
}

function signedDurationOf(given: Given, name: string): number | undefined {
  const text = given.last(name);
  if (text === undefined) return undefined;
  const ms = durationMs(text.replace(/^[-+]/, ""));
  if (ms === undefined) refuse(name, text, "a time, like 10, 1.5m or -2h");
  return text.startsWith("-") ? -ms : ms;
}

export function remoteOptions(given: Given, world: OptionWorld): RemoteOptions {
  const transfer = given.flag("transfer") || given.flag("trc") ? ["{}"] : [];
  const ssh = given.last("ssh") ?? (world.env["PARALLEL_SSH"] || "ssh");
  const request = { logins: given.all("sshlogin"), files: given.all("sshloginfile"), ssh };
  return {
    hosts: readHosts(request, world),
    hostRequest: request,
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

export function yonderOptions(given: Given): YonderOptions {
  return {
    out: given.last("out"),
    json: given.flag("json"),
    detach: given.flag("detach"),
    journal: !given.flag("no-journal"),
    keepOutput: keepOutputOf(given),
    trace: given.last("trace"),
  };
}

function keepOutputOf(given: Given): KeepOutput | undefined {
  const text = given.last("keep-output");
  if (text === "all" || text === "none") return { type: text };
  const bytes = bytesOf(given, "keep-output", 0);
  return bytes === undefined ? undefined : { type: "bytes", bytes };
}

/** Options that stop the run: retired ones with GNU parallel's words, refused ones with what to use instead. */
export function refuseUnsupported(given: Given, rows: readonly OptionRow[]): void {
  for (const row of rows) {
    if (typeof row.status === "string" || !given.flag(row.name)) continue;
    const shown = row.name.length > 1 ? `--${row.name}` : `-${row.name}`;
    if ("retired" in row.status) {
      if (row.name === "tollef" && given.flag("gnu")) continue;
      throw new YonderError("USAGE", { message: row.status.retired });
    }
    if ("refused" in row.status) {
      throw new YonderError("UNSUPPORTED", {
        message: `${shown} is not supported.`,
        remedy: row.status.refused,
      });
    }
  }
}
