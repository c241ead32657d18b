import { YonderError } from "../../interface/errors.ts";
import type { Given } from "../given.ts";
import type { EnvironmentOptions, SemaphoreOptions, YonderOptions } from "../options.ts";
import { durationMs } from "../quantity.ts";
import type { OptionRow } from "../table/row.ts";
import type { KeepOutput } from "../values.ts";
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
