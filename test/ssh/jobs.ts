import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sandbox } from "../system/sandbox.ts";
import type { SshHost } from "./host.ts";

/** Until it holds, or so long has passed. */
export async function eventually(holds: () => boolean, story: () => string, limitMs = 20_000): Promise<void> {
  for (const end = Date.now() + limitMs; !holds(); await sleep(30)) assert.ok(Date.now() < end, story());
}

/** The commands of a host's processes that sleep, each as often as it runs. */
export function sleepers(host: SshHost): string[] {
  return host.processes().flatMap(({ command }) => (/^sleep \d[\d.]{3}/.test(command) ? [command] : []));
}

export interface JoblogLine {
  readonly seq: number;
  readonly host: string;
  /** In seconds since the epoch. */
  readonly startS: number;
  readonly runtimeS: number;
  readonly exit: number;
  readonly signal: number;
}

/** The lines of a joblog in a sandbox, in the order in which they were written. */
export function joblogOf(box: Sandbox, name: string): JoblogLine[] {
  const lines = readFileSync(join(box.directory, name), "latin1").trimEnd().split("\n").slice(1);
  return lines.map((line) => {
    const [seq, host = "", start, runtime, , , exit, signal] = line.split("\t");
    const times = { startS: Number(start), runtimeS: Number(runtime) };
    return { seq: Number(seq), host, ...times, exit: Number(exit), signal: Number(signal) };
  });
}
