import { constants as osConstants } from "node:os";
import type { ByteString } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import type { Shortage } from "../../child/start-error.ts";
import { nowMs } from "../../clock.ts";
import type { AttemptEnd, AttemptSpec } from "../../interface/launcher.ts";
import type { Exit } from "../../interface/task.ts";
import type { Claims } from "./claims.ts";
import type { Connection } from "./connection.ts";
import { type Entry, exitAfter, newEntry, notRun } from "./entry.ts";
import { openQuestions } from "./questions.ts";
import { openFedShell, openShell, type RemoteShell, type ShellEvents } from "./shell.ts";

export interface SlotOptions {
  readonly connection: Connection;
  readonly claims: Claims;
  /** Shell source: what every attempt of the slot finds. */
  readonly setup: ByteString;
  onEnd(end: AttemptEnd): void;
  onReturn(id: number): void;
  /** There was too little of something here for a session: all that is in line goes back now. */
  onShortage(shortage: Shortage): void;
}

export interface Slot {
  /** True where the attempt has to wait behind another. */
  start(attempt: AttemptSpec): boolean;
  signal(id: number, name: NodeJS.Signals): boolean;
  revoke(id: number): boolean;
  /** Takes back what waits behind an attempt that has run for longer; true while anything waits here. */
  giveBackBehindSlow(runningMs: number): boolean;
  /** The connection is gone: what may have begun is over, and the rest goes back. */
  lost(reason: string): void;
  close(): void;
}

/** A process that an attempt has left behind may hold the shell for so long before another one takes its place. */
const HELD_MS = 100;
/** So often in a row may a session end before its shell is up. */
const FAILURES_MAX = 5;

/** An attempt may have ended long ago where the host is far away: it is given so long until we hear of it. */
const UNHEARD_MS = 1000;

function isSlow({ place, entry }: { place: RemoteShell; entry: Entry }, runningMs: number): boolean {
  const isUnheard = place.pid !== undefined && !entry.hasBegun;
  return nowMs() - entry.startMs > (isUnheard ? UNHEARD_MS : runningMs);
}

/** As a shell says that cannot open what it is redirected to. */
const NO_OUTPUT: Exit = { exitCode: 2, signal: 0 };

/** One slot on a host: a shell at the other end of a session, made at the first attempt and again whenever it has gone. */
export function sshSlot(options: SlotOptions): Slot {
  const { connection, claims } = options;
  /** Ids of the attempts that their owner believes to be here. The first one must end: it cannot go back any more. */
  const line: number[] = [];
  /** What no shell has been told of. */
  const waiting: Entry[] = [];
  let shell: RemoteShell | undefined;
  /** The shell of an attempt that reads an input: it is alone in the slot. */
  let fed: RemoteShell | undefined;
  let isOver = false;
  const questions = openQuestions(claims, pump);
  let failures = 0;
  let holder: NodeJS.Timeout | undefined;

  /** Tells a shell of what waits, as far as it may know. */
  function pump(): void {
    while (waiting.length > 0 && !isOver && fed === undefined && !questions.areOpen) {
      const next = waiting[0]!;
      const { stdin } = next.attempt;
      const isBusy = (shell?.told.length ?? 0) > 0;
      if (isBusy && (stdin.type === "path" || !claims.works)) return;
      waiting.shift();
      next.claim = claims.next();
      if (stdin.type === "path") fed = openFor(next, stdin.path);
      else {
        shell ??= openFor(undefined);
        shell.tell(next, claims.works);
        watchHolder();
      }
    }
  }

  function openFor(entry: undefined): RemoteShell;
  function openFor(entry: Entry, input: ByteString): RemoteShell;
  function openFor(entry: Entry | undefined, input = ""): RemoteShell {
    const events: ShellEvents = {
      onOver(ended, exit) {
        failures = 0;
        over(ended, exit);
        watchHolder();
        pump();
      },
      onNotBegun(given) {
        claims.done(given.claim);
        if (given.isAsked) return;
        // Nobody has asked for it: the host has no room for the file.
        claims.works = false;
        again([given], opened === fed);
        pump();
      },
      onUnread: ({ attempt }) => void setImmediate(() => signal(attempt.id, "SIGPIPE")),
      onGone(entries, shortage) {
        if (isOver) return;
        if (opened !== fed && opened !== shell) {
          for (const { claim } of entries) claims.done(claim);
          return forget(opened.pid, "alive");
        }
        const wasFed = opened === fed;
        if (wasFed) fed = undefined;
        else shell = undefined;
        if (shortage !== undefined) return short(entries, shortage);
        gone(opened, entries, wasFed);
      },
    };
    const parts = { connection, setup: options.setup, events };
    const opened = entry === undefined ? openShell(parts) : openFedShell(parts, entry, input, claims.works);
    return opened;
  }

  function over(entry: Entry, exit: Exit, lost?: string): void {
    claims.done(entry.claim);
    const { attempt, startMs, capture } = entry;
    leaveLine(attempt.id);
    const wrote = capture?.close();
    options.onEnd({
      id: attempt.id,
      exit: capture?.problem === undefined ? exit : NO_OUTPUT,
      startMs,
      endMs: nowMs(),
      ...(wrote && { wrote }),
      ...(lost !== undefined && { lost }),
    });
  }

  /** A session has ended that nobody has ended: what began in it is over, and what did not gets another one. */
  function gone({ pid }: RemoteShell, entries: readonly Entry[], wasFed: boolean): void {
    // What ran in it must not run on behind the back of its outcome.
    forget(pid, "killed");
    if (pid === undefined) failures++;
    questions.ask(() => ({
      entries: entries.filter((entry) => !entry.hasBegun && !entry.isAsked),
      // A session may be the first to know that the connection is gone. Whoever hears of the end then must know of that.
      after: ":",
      settle(taken) {
        const begunNowhere: Entry[] = [];
        for (const entry of entries) {
          if (entry.isTaken) claims.done(entry.claim);
          else if (!taken.has(entry.claim) || entry.signal !== 0 || failures >= FAILURES_MAX || isOver)
            over(entry, exitAfter(entry), entry.signal === 0 ? "its session ended" : undefined);
          else begunNowhere.push(entry);
        }
        again(begunNowhere, wasFed);
        // A host that refuses sessions is not asked for the next one at once.
        if (failures > 0) questions.rest(50 * 2 ** failures);
      },
    }));
  }

  /** None of them has begun, for there was no session. */
  function short(entries: readonly Entry[], shortage: Shortage): void {
    const all = [...entries.filter(({ isTaken }) => !isTaken), ...waiting.splice(0)];
    for (const { claim } of entries) claims.done(claim);
    // Before they are told: they must not come here again.
    options.onShortage(shortage);
    for (const entry of all.reverse()) {
      leaveLine(entry.attempt.id);
      if (line.length > 0) options.onReturn(entry.attempt.id);
      else options.onEnd(notRun(entry));
    }
  }

  /** They have not begun. What was to be their input may be gone with the session, so that those with one start anew. */
  function again(entries: readonly Entry[], wereFed: boolean): void {
    if (!wereFed) return void waiting.unshift(...entries.map(({ attempt }) => newEntry(attempt)));
    for (const entry of entries) {
      claims.done(entry.claim);
      leaveLine(entry.attempt.id);
      options.onEnd(notRun(entry));
    }
  }

  /** A process group there is no business of ours any more. */
  function forget(pid: number | undefined, state: "alive" | "killed"): void {
    if (pid === undefined) return;
    const file = quoteWord(`${connection.control.directory}/p.${pid}`);
    const kill = state === "killed" ? `kill -s KILL -- -${pid}; ` : "";
    connection.control.run(`${kill}rm -f ${file}`).catch(() => {});
  }

  /** Looks for a process that was left behind, while others wait for the shell that it holds. */
  function watchHolder(): void {
    if (holder !== undefined || !shell?.isHeld || shell.told.length === 0) return;
    const held = shell;
    holder = setTimeout(() => {
      holder = undefined;
      if (shell === held && held.isHeld && held.told.length > 0) replace(held);
    }, HELD_MS);
  }

  /** Leaves a shell to what holds it. */
  function replace(held: RemoteShell): void {
    questions.ask(() => {
      const stuck = held.told.filter(({ isTaken }) => !isTaken);
      // Otherwise it was let go meanwhile.
      const isStuck = shell === held && held.isHeld && !stuck.some(({ isAsked }) => isAsked);
      return isStuck ? { entries: stuck, settle: (taken) => leave(held, stuck, taken) } : undefined;
    });
  }

  function leave(held: RemoteShell, stuck: readonly Entry[], taken: ReadonlySet<number>): void {
    const got = stuck.filter(({ claim }) => taken.has(claim));
    for (const entry of got) entry.isTaken = true;
    waiting.unshift(...got.map(({ attempt }) => newEntry(attempt)));
    if (got.length < stuck.length || shell !== held) return;
    shell = undefined;
    held.kill();
  }

  function running(): { readonly place: RemoteShell; readonly entry: Entry } | undefined {
    const place = fed ?? shell;
    const entry = place?.told.find(({ isTaken }) => !isTaken);
    return place && entry && { place, entry };
  }

  /** Takes back all that waits behind the running attempt. */
  function giveBack(): void {
    giveBackWaiting();
    questions.ask(() => {
      const behind = behindFirst();
      return behind.length === 0
        ? undefined
        : { entries: behind, settle: (taken) => giveOutTaken(behind, taken) };
    });
  }

  function giveBackWaiting(): void {
    for (const entry of waiting.splice(0).reverse()) giveOut(entry);
  }

  /** What the shell has been told of, and may not have begun. */
  function behindFirst(): readonly Entry[] {
    return (shell?.told ?? []).filter(({ attempt, isAsked }) => attempt.id !== line[0] && !isAsked);
  }

  function giveOutTaken(entries: readonly Entry[], taken: ReadonlySet<number>): void {
    for (const entry of [...entries].reverse()) {
      if (!taken.has(entry.claim)) continue;
      entry.isTaken = true;
      giveOut(entry);
    }
  }

  /** Sends a signal to the group of what runs, and makes sure that it is nobody else who gets it. */
  function send(place: RemoteShell, entry: Entry, signal: string): void {
    giveBackWaiting();
    questions.ask(() => {
      if (running()?.entry !== entry) return undefined;
      const behind = behindFirst();
      const kill = `kill -s ${signal} -- -${place.pid}`;
      // What has not begun yet would not hear it: it is taken back instead.
      const mayWait = place === shell && !entry.hasBegun && !entry.isAsked;
      entry.isAsked ||= mayWait;
      return {
        entries: behind,
        after: mayWait ? `{ true >c${entry.claim}; } 2>/dev/null && echo c${entry.claim} || ${kill}` : kill,
        settle(taken) {
          giveOutTaken(behind, taken);
          if (!mayWait || !taken.has(entry.claim)) return;
          entry.isTaken = true;
          over(entry, exitAfter(entry));
        },
      };
    });
  }

  /** Back to its owner; here again where all those ahead of it have ended meanwhile. */
  function giveOut({ attempt }: Entry): void {
    if (attempt.id === line[0]) waiting.unshift(newEntry(attempt));
    else {
      leaveLine(attempt.id);
      options.onReturn(attempt.id);
    }
  }

  function leaveLine(id: number): void {
    const at = line.indexOf(id);
    if (at !== -1) line.splice(at, 1);
  }

  function signal(id: number, name: NodeJS.Signals): boolean {
    const now = running();
    if (now === undefined || now.entry.attempt.id !== id) return false;
    now.entry.signal = osConstants.signals[name];
    if (now.place.pid === undefined) now.place.kill();
    else send(now.place, now.entry, name.slice(3));
    return true;
  }

  return {
    start(attempt) {
      line.push(attempt.id);
      waiting.push(newEntry(attempt));
      pump();
      return waiting.length > 0 || (shell?.told.length ?? 0) > 1;
    },
    signal,
    revoke(id) {
      const at = waiting.findIndex(({ attempt }) => attempt.id === id);
      if (at !== -1) {
        waiting.splice(at, 1);
        leaveLine(id);
      } else if (running()?.entry.attempt.id !== id) giveBack();
      return at !== -1;
    },
    giveBackBehindSlow(runningMs) {
      const isBehind = waiting.length > 0 || behindFirst().length > 0;
      const now = running();
      if (isBehind && now !== undefined && isSlow(now, runningMs) && !questions.areOpen) giveBack();
      return isBehind;
    },
    lost(reason) {
      isOver = true;
      for (const entry of waiting.splice(0).reverse()) {
        if (entry.attempt.id === line[0]) options.onEnd({ ...notRun(entry), lost: reason });
        else giveOut(entry);
      }
      for (const place of [fed, shell]) {
        for (const entry of place?.told ?? []) {
          if (!entry.isTaken) over(entry, exitAfter(entry), reason);
        }
      }
      fed?.kill();
      shell?.kill();
      fed = undefined;
      shell = undefined;
    },
    close() {
      isOver = true;
      clearTimeout(holder);
      // What its attempts have left behind stays, as it does here.
      if (shell?.told.length === 0) forget(shell.pid, "alive");
      fed?.kill();
      shell?.kill();
    },
  };
}
