import type { ChildProcess } from "node:child_process";
import type { ByteString } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import type { Shortage } from "../../child/start-error.ts";
import { nowMs } from "../../clock.ts";
import type { Exit } from "../../interface/task.ts";
import { exitOf as exitFrom } from "../shell/exit-status.ts";
import { openCapture } from "./capture.ts";
import type { Connection } from "./connection.ts";
import type { Answer } from "./control.ts";
import { type Entry, exitAfter } from "./entry.ts";
import { attemptScript, type Marks, slotPreamble } from "./script.ts";
import { newMark, openSession, type ProgramEnd, type Session } from "./session.ts";

export interface ShellEvents {
  onOver(entry: Entry, exit: Exit): void;
  /** It was not begun, since its claim was there already. */
  onNotBegun(entry: Entry): void;
  /** Nobody reads what it writes. */
  onUnread(entry: Entry): void;
  /** The session is gone, with these in it; the first of them may have been running, but for a shortage here. */
  onGone(entries: readonly Entry[], shortage?: Shortage): void;
}

/** A shell on a host, and the attempts that it was told of. */
export interface RemoteShell {
  /** In order; the first is the one that runs, or is about to. */
  readonly told: readonly Entry[];
  /** Its process group there; undefined until it is up. */
  readonly pid: number | undefined;
  /** See Session.isHeld. */
  readonly isHeld: boolean;
  /** @param asks whether its claim decides if it begins */
  tell(entry: Entry, asks: boolean): void;
  /** It ends when it is through with what it was told. */
  end(): void;
  /** Ends the session at once: `onGone` follows. */
  kill(): void;
}

interface ShellParts {
  readonly connection: Connection;
  /** Shell source: what every attempt of the slot finds. */
  readonly setup: ByteString;
  readonly events: ShellEvents;
}

/** A shell that is told of attempts one after the other. They have no standard input. */
export function openShell({ connection, setup, events }: ShellParts): RemoteShell {
  const marks: Marks = { mark: newMark(), directory: connection.control.directory };
  const told: Entry[] = [];
  const attended = attend(told, events);
  const session = attended.listen(connection.open("exec sh", ["pipe", "pipe", "pipe"]), marks.mark);
  session.write(slotPreamble(marks, setup));
  return attended.shell((entry, asks) => {
    const claim = asks ? entry.claim : undefined;
    session.write(attemptScript(entry.attempt, { ...marks, claim }));
  });
}

/**
 * A shell for one attempt, whose standard input is the session's own. It finds its script in a file, which a login shell of
 * any kind can name; where the host has no room for one, the script is part of the command.
 *
 * @param asks see RemoteShell.tell
 */
export function openFedShell(
  { connection, setup, events }: ShellParts,
  entry: Entry,
  input: ByteString,
  asks: boolean,
): RemoteShell {
  const marks: Marks = { mark: newMark(), directory: connection.control.directory };
  const attended = attend([entry], events);
  const script =
    slotPreamble(marks, setup) +
    attemptScript(entry.attempt, { ...marks, claim: asks ? entry.claim : undefined });
  const file = quoteWord(`${marks.directory}/s${entry.claim}`);
  const open = ({ exitCode }: Answer): void => {
    const words = exitCode === 0 ? file : `-c ${quoteWord(script)}`;
    const child = connection.open(`exec sh ${words}`, ["ignore", "pipe", "pipe"], `<${quoteWord(input)}`);
    attended.listen(child, marks.mark);
  };
  connection.control.run(`printf %s ${quoteWord(script)} >${file}`).then(open, () => {});
  return attended.shell(() => {});
}

/** Keeps the book of what the shell was told. */
function attend(told: Entry[], events: ShellEvents) {
  let session: Session | undefined;
  let pid: number | undefined;
  let isKilled = false;

  function begin(entry: Entry | undefined): void {
    if (entry === undefined || entry.hasBegun) return;
    entry.hasBegun = true;
    entry.capture = openCapture(entry.attempt.output, () => events.onUnread(entry));
  }

  return {
    listen(child: ChildProcess, mark: string): Session {
      session = openSession(child, mark, {
        onUp: (number) => {
          pid = number;
        },
        onBegin(place) {
          const entry = told[place];
          if (entry !== undefined && !entry.hasBegun) entry.startMs = nowMs();
          begin(entry);
        },
        onStdout: (place, bytes) => told[place]?.capture?.stdout(bytes),
        onStderr(place, bytes) {
          // Standard error may come first.
          begin(told[place]);
          told[place]?.capture?.stderr(bytes);
        },
        onRemark: (place, bytes) => told[place]?.capture?.cutStderr(bytes),
        onEnd(end) {
          const entry = told.shift();
          if (entry === undefined) return;
          // What the shell does by itself takes no time, however far away it is.
          if (!entry.hasBegun) entry.startMs = nowMs();
          begin(entry);
          if (told[0] !== undefined && !told[0].hasBegun) told[0].startMs = nowMs();
          events.onOver(entry, exitOf(entry, end));
        },
        onTaken() {
          const entry = told.shift();
          if (entry !== undefined) events.onNotBegun(entry);
        },
        onClose: (shortage) => events.onGone(told.splice(0), shortage),
      });
      if (isKilled) session.kill();
      return session;
    },
    shell(tell: (entry: Entry, asks: boolean) => void): RemoteShell {
      return {
        told,
        get pid() {
          return pid;
        },
        get isHeld() {
          return session?.isHeld ?? false;
        },
        tell(entry, asks) {
          entry.startMs = nowMs();
          told.push(entry);
          tell(entry, asks);
        },
        end: () => session?.end(),
        kill() {
          isKilled = true;
          session?.kill();
        },
      };
    },
  };
}

/** Where the shell has not learned the status, something has killed it together with the program. */
function exitOf(entry: Entry, { status, isKilled }: ProgramEnd): Exit {
  return status === undefined ? exitAfter(entry) : exitFrom(status, isKilled, entry.signal);
}
