import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, unlinkSync } from "node:fs";
import { constants as osConstants, setPriority } from "node:os";
import type { Readable, Writable } from "node:stream";
import { type ByteString, bufferOf } from "../../bytes/bytes.ts";
import { inherited } from "../../child/inherited.ts";
import { startChild } from "../../child/start.ts";
import type { Shortage, StartError } from "../../child/start-error.ts";
import { nowMs } from "../../clock.ts";
import type { AttemptEnd, AttemptSpec, Wrote } from "../../interface/launcher.ts";
import type { Exit } from "../../interface/task.ts";
import { type Answer, answerReader } from "./answers.ts";
import type { CommandKind } from "./classify.ts";
import { STATUS_FD, slotDescriptors } from "./descriptors.ts";
import { cutOff, exitOf } from "./exit-status.ts";
import { saysCannotFork } from "./fork-failure.ts";
import { preamble } from "./script.ts";

/** Whatever kills so many shells at their birth is no signal that came by chance. */
const STILLBORN_MAX = 3;

export interface SlotOptions {
  readonly slot: number;
  /** The POSIX shell that the slot is. */
  readonly slotShell: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly exports: ByteString;
  readonly cwd: string | undefined;
  readonly nice: number | undefined;
  readonly inheritOutput: boolean;
  readonly inheritStdin: boolean;
  /** False keeps the slot in our session, so that its jobs may use the terminal; they are then signalled one by one. */
  readonly ownSession: boolean;
  kindOf(attempt: AttemptSpec): CommandKind;
  /** Shell source of an attempt. */
  script(attempt: AttemptSpec, kind: CommandKind): ByteString;
  onShell(slot: number, pid: number): void;
  onEnd(end: AttemptEnd): void;
  onReturn(id: number): void;
  /** There was too little of something for a shell, or for what it was to run: all that is in line goes back now. */
  onShortage(slot: number, shortage: Shortage): void;
}

interface Entry {
  readonly attempt: AttemptSpec;
  revoked: boolean;
  /** The number of the last signal that was sent to it; 0 for none. */
  sent: number;
  /** When it reached the head of the line, which is when the shell may have begun it. */
  startMs: number;
}

export interface Slot {
  /** True where the attempt has to wait behind another. */
  start(attempt: AttemptSpec): boolean;
  signal(id: number, signal: NodeJS.Signals): boolean;
  revoke(id: number): boolean;
  /** Takes back what waits behind an attempt that has run for longer; true while anything waits here. */
  giveBackBehindSlow(runningMs: number): boolean;
  /** Stops what runs, and the shell with it, or lets both go on. */
  pause(isPaused: boolean): void;
  /** Ends the shell where it has nothing to do. */
  rest(): void;
  /** Process id of the slot shell, which is also its process group; undefined before the first attempt. */
  pid(): number | undefined;
  close(): Promise<void>;
}

/** One slot: a shell that is started at the first attempt, and again after something has killed it. */
export function shellSlot(options: SlotOptions): Slot {
  /** Invariant: line[0] is what the shell runs now, or a revoked entry whose answer is on its way. */
  const line: Entry[] = [];
  let shell: ChildProcess | undefined;
  let input: Writable | undefined;
  let unsent = "";
  let closed: (() => void) | undefined;
  /** Shells in a row that were killed before they had said their first word. */
  let stillborn = 0;

  function launch(): void {
    const child = startChild(options.slotShell, [], {
      stdio: slotDescriptors(options, inherited().descriptors),
      detached: options.ownSession,
      env: options.variables,
      cwd: options.cwd,
    });
    shell = child;
    input = child.stdin as Writable;
    input.on("error", () => {}); // the shell is gone: 'close' below says how it ended
    unsent = "";
    let hasSpoken = false;
    const reader = answerReader();
    const answers = child.stdio[options.inheritOutput ? STATUS_FD : 1] as Readable;
    answers.setEncoding("latin1");
    answers.on("data", (chunk: string) => {
      hasSpoken = true;
      stillborn = 0;
      if (shell === child) heard(reader.read(chunk));
    });
    child.on("error", (error: StartError) => {
      if (error.shortage !== undefined) short(child, error.shortage);
      else died(child, { exitCode: 127, signal: 0 });
    });
    child.on("close", (code, signal) => {
      // Only what the shell itself says can tell that from the end of what it ran.
      if (code !== null && cannotFork(reader.said())) short(child, "processes");
      else if (signal !== null && !hasSpoken && mayBeBornAgain()) again(child);
      else died(child, { exitCode: code ?? 0, signal: signal === null ? 0 : osConstants.signals[signal] });
    });
    if (child.pid !== undefined) {
      if (options.nice !== undefined) renice(child.pid, options.nice);
      options.onShell(options.slot, child.pid);
    }
    write(preamble({ ...options, inherited: inherited() }));
  }

  /** What is written in one turn of the event loop goes into the pipe at once: each write wakes the shell. */
  function write(script: ByteString): void {
    if (unsent === "") process.nextTick(sendUnsent);
    unsent += script;
  }

  function sendUnsent(): void {
    if (unsent !== "") input?.write(unsent, "latin1");
    unsent = "";
  }

  function heard(answers: readonly Answer[]): void {
    // Several at once: short jobs that ended one after the other since we last heard of the slot.
    const [sinceMs, untilMs] = [line[0]?.startMs ?? nowMs(), nowMs()];
    for (const [index, answer] of answers.entries()) {
      const entry = line.shift();
      if (entry === undefined) continue;
      const endMs = sinceMs + ((untilMs - sinceMs) * (index + 1)) / answers.length;
      report(entry, endMs, exitOf(answer.status, answer.isSaid, entry.sent), wroteOf(entry.attempt, answer));
    }
  }

  function report(entry: Entry, endMs: number, exit: Exit, wrote?: Wrote): void {
    if (line[0] !== undefined) line[0].startMs = endMs;
    const { attempt, startMs } = entry;
    if (entry.revoked) return forgetClaim(attempt);
    options.onEnd({ id: attempt.id, exit, startMs, endMs, ...(wrote && { wrote }) });
  }

  /** A signal to all of our process group, such as ctrl-C, also ends a shell that has no session of its own yet. */
  function mayBeBornAgain(): boolean {
    return closed === undefined && line[0]?.sent === 0 && ++stillborn <= STILLBORN_MAX;
  }

  /** Nothing of what is in line has begun. */
  function again(child: ChildProcess): void {
    if (shell !== child) return;
    shell = undefined;
    input = undefined;
    startAnew(line.splice(0));
  }

  function startAnew(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.revoked) forgetClaim(entry.attempt);
      else start(entry.attempt);
    }
  }

  /** What the shell was running died with it; what was only in line gets a new shell. */
  function died(child: ChildProcess, exit: Exit): void {
    if (shell !== child) return;
    shell = undefined;
    input = undefined;
    const [running, ...waiting] = line.splice(0);
    // Somebody has killed the shell: what it ran must not run on behind the back of its outcome.
    if (running !== undefined && options.ownSession && child.pid !== undefined) send(child.pid, "SIGKILL");
    // Before the end is told: what that makes start comes behind them.
    startAnew(waiting);
    if (running !== undefined) report(running, nowMs(), exit);
    closed?.();
  }

  /** The shell has been told to run something, and could not make a process for it. */
  function cannotFork(said: string): boolean {
    const [running] = line;
    return running !== undefined && (saysCannotFork(said) || wroteCannotFork(running));
  }

  /** Nothing of what is in line runs: it goes back. */
  function short(child: ChildProcess, shortage: Shortage): void {
    if (shell !== child) return;
    shell = undefined;
    input = undefined;
    const entries = line.splice(0);
    for (const { revoked, attempt } of entries) if (revoked) forgetClaim(attempt);
    const [first, ...behind] = entries.filter(({ revoked }) => !revoked);
    // Before they are told: they must not come here again.
    options.onShortage(options.slot, shortage);
    for (const { attempt } of behind.reverse()) options.onReturn(attempt.id);
    if (first !== undefined) options.onEnd(notRun(first));
    closed?.();
  }

  function start(attempt: AttemptSpec): boolean {
    const kind = options.kindOf(attempt);
    line.push({ attempt, revoked: false, sent: 0, startMs: nowMs() });
    if (shell === undefined) launch();
    write(options.script(attempt, kind));
    return line.length > 1;
  }

  function signal(id: number, name: NodeJS.Signals): boolean {
    const pid = shell?.pid;
    const at = runningIndex();
    if (line[at]?.attempt.id !== id || pid === undefined) return false;
    // Behind answers that are on their way it may not have begun: the next step of the sequence will meet it.
    if (at > 0) return true;
    // The signal is for the slot's process group: who is next in line must not begin between our look and the signal.
    if (!giveBack()) return false;
    line[at].sent = osConstants.signals[name];
    return send(pid, name);
  }

  /** The first that was not taken back runs, or is about to: nobody but the shell decides over it any more. */
  function runningIndex(): number {
    return line.findIndex((entry) => !entry.revoked);
  }

  /** Takes back all that wait behind the running attempt; false where the next one has begun already. */
  function giveBack(): boolean {
    for (const entry of line.slice(runningIndex() + 1)) {
      if (entry.revoked) continue;
      if (!claim(entry.attempt)) return false;
      entry.revoked = true;
      options.onReturn(entry.attempt.id);
    }
    return true;
  }

  function send(pid: number, name: NodeJS.Signals): boolean {
    try {
      process.kill(options.ownSession ? -pid : pid, name);
      return true;
    } catch {
      return false;
    }
  }

  return {
    start,
    signal,
    revoke(id) {
      const entry = line.find((candidate) => candidate.attempt.id === id);
      if (entry === undefined || entry.revoked || entry === line[runningIndex()]) return false;
      if (!claim(entry.attempt)) return false;
      entry.revoked = true;
      return true;
    },
    giveBackBehindSlow(runningMs) {
      const [running] = line;
      if (line.length > 1 && !running!.revoked && nowMs() - running!.startMs > runningMs) giveBack();
      return line.length > 1;
    },
    pause(isPaused) {
      if (shell?.pid !== undefined) send(shell.pid, isPaused ? "SIGSTOP" : "SIGCONT");
    },
    rest() {
      if (line.length > 0) return;
      input?.end();
      shell = undefined;
      input = undefined;
    },
    pid: () => shell?.pid,
    close() {
      const child = shell;
      if (child === undefined) return Promise.resolve();
      return new Promise((resolve) => {
        closed = resolve;
        if (line.length > 0 && child.pid !== undefined) send(child.pid, "SIGKILL");
        sendUnsent();
        input?.end();
      });
    },
  };
}

/** Takes the shell's own remark off the end of the standard error first. */
function wroteOf({ output }: AttemptSpec, { stdout, stderr, remarkBytes }: Answer): Wrote | undefined {
  if (output.type !== "files") return undefined;
  return { stdout, stderr: remarkBytes > 0 ? cutOff(output.stderr, remarkBytes) : stderr };
}

/** Of one that has not begun, through no fault of its own. */
function notRun({ attempt }: Entry): AttemptEnd {
  const endMs = nowMs();
  return { id: attempt.id, exit: { exitCode: 255, signal: 0 }, startMs: endMs, endMs, unstarted: true };
}

/** What the shell itself says of a direct command stands there where there is no fork. */
function wroteCannotFork({ attempt: { output } }: Entry): boolean {
  if (output.type !== "files") return false;
  try {
    return saysCannotFork(readFileSync(bufferOf(output.stderr), "latin1"));
  } catch {
    return false;
  }
}

/** Creates an attempt's output file before its slot can; the slot then does not run it. See script.ts. */
function claim(attempt: AttemptSpec): boolean {
  if (attempt.output.type !== "files") return false;
  try {
    closeSync(openSync(bufferOf(attempt.output.stdout), "wx"));
    return true;
  } catch {
    return false;
  }
}

function forgetClaim(attempt: AttemptSpec): void {
  if (attempt.output.type === "files") unlinkSync(bufferOf(attempt.output.stdout));
}

function renice(pid: number, nice: number): void {
  try {
    setPriority(pid, nice);
  } catch {
    // Going below one's own niceness needs a privilege; nice(1) goes on without it too.
  }
}
