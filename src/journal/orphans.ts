import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ByteString } from "../bytes/bytes.ts";
import { identify, type ProcessIdentity } from "./identity.ts";

/** In the environment of every slot, and so of all that its commands start: the job that they belong to. */
export const JOB_VARIABLE = "YONDER_JOB";

const POLL_MS = 10;

/**
 * Ends what a driver that was killed has left running. Slot shells first and at once, so that none begins a command that
 * was queued for it; then the attempts, which may end in order before they are killed.
 *
 * A process belongs to the job when its environment says so, which no reused process id does. What a finished task left
 * in the background on purpose is nobody's orphan and lives on.
 *
 * @param isDone whether a task has its outcome
 * @returns how many processes there were
 */
export async function killOrphans(
  id: string,
  isDone: (task: number) => boolean,
  graceMs = 500,
): Promise<number> {
  const shells = orphansOf(id, isDone).filter(({ task }) => task === undefined);
  for (const { identity } of shells) kill(identity, "SIGKILL");
  const attempts = orphansOf(id, isDone);
  for (const { identity } of attempts) kill(identity, "SIGTERM");
  const untilMs = Date.now() + graceMs;
  while (Date.now() < untilMs && attempts.some(({ identity }) => lives(identity))) await sleep(POLL_MS);
  const late = orphansOf(id, isDone);
  for (const { identity } of late) kill(identity, "SIGKILL");
  while (late.some(({ identity }) => lives(identity))) await sleep(POLL_MS);
  return new Set([...shells, ...attempts, ...late].map(({ identity }) => identity.pid)).size;
}

interface Orphan {
  readonly identity: ProcessIdentity;
  /** Undefined for a shell that is between commands, or runs one without another program. */
  readonly task: number | undefined;
}

/** The marked processes and their descendants, without this process and those above it. */
function orphansOf(id: string, isDone: (task: number) => boolean): Orphan[] {
  const parents = parentsByPid();
  const spared = new Set<number>();
  for (let pid = process.pid; pid > 0 && !spared.has(pid); pid = parents.get(pid) ?? 0) spared.add(pid);
  const found = new Map<number, number | undefined>();
  for (const pid of parents.keys()) {
    const mark = markOf(pid, id);
    if (mark !== undefined && !(mark.task !== undefined && isDone(mark.task))) found.set(pid, mark.task);
  }
  // A program that was started with an empty environment is known by its parent. Parents come before their children
  // in the order of process ids but for a wrap, which the second pass sees.
  for (let pass = 0; pass < 2; pass++) {
    for (const [pid, parent] of parents) {
      if (!found.has(pid) && found.get(parent) !== undefined) found.set(pid, found.get(parent));
    }
  }
  return [...found].flatMap(([pid, task]) => {
    const identity = spared.has(pid) ? undefined : identify(pid);
    return identity ? [{ identity, task }] : [];
  });
}

function parentsByPid(): Map<number, number> {
  const parents = new Map<number, number>();
  let names: string[] = [];
  try {
    names = readdirSync("/proc");
  } catch {
    // No /proc: orphans cannot be told from others, and are left alone.
  }
  for (const name of names) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    if (stat) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 4).split(" ", 1)[0]));
  }
  return parents;
}

function markOf(pid: number, id: string): { task: number | undefined } | undefined {
  const environ = `\0${read(`/proc/${pid}/environ`)}`;
  if (!environ.includes(`\0${JOB_VARIABLE}=${id}\0`)) return undefined;
  const task = /\0PARALLEL_SEQ=(\d+)\0/.exec(environ)?.[1];
  return { task: task === undefined ? undefined : Number(task) };
}

function read(file: string): ByteString {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // gone, or not ours
  }
}

function lives(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTicks === identity.startTicks;
}

function kill(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    if (lives(identity)) process.kill(identity.pid, signal);
  } catch {
    // Gone in this moment, or not ours.
  }
}
