import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { ByteString } from "../../bytes/bytes.ts";
import { type Shortage, StartError } from "../../child/start-error.ts";
import { markReader } from "./marks.ts";

/**
 * What a slot shell tells. Attempts are in line in the order in which they were given; `place` is one's place in this
 * line, 0 for the first that has not ended.
 */
export interface SessionEvents {
  /** It is up. */
  onUp(pid: number): void;
  onBegin(place: number): void;
  onStdout(place: number, bytes: Buffer): void;
  onStderr(place: number, bytes: Buffer): void;
  /** The last bytes of standard error were the shell's own. */
  onRemark(place: number, bytes: number): void;
  /** The first in line has ended, and its output is complete. */
  onEnd(end: ProgramEnd): void;
  /** The first in line was not begun: its claim was taken. */
  onTaken(): void;
  /** Once, at the end of the session, after all that came over it. With a shortage it has never begun: there is no ssh. */
  onClose(shortage?: Shortage): void;
}

export interface ProgramEnd {
  /** Missing where the shell did not learn it. */
  readonly status: number | undefined;
  /** A signal has ended it, as far as the shell knows. */
  readonly isKilled: boolean;
}

export interface Session {
  /** Some process of an attempt that has ended holds on to its output. Nothing begins meanwhile. */
  readonly isHeld: boolean;
  /** Shell source, for the shell's standard input. */
  write(script: ByteString): void;
  /** No more comes: the shell ends when it is through. */
  end(): void;
  /** Ends our side of it at once; `onClose` follows. */
  kill(): void;
}

export function newMark(): string {
  return `\x1e${randomBytes(12).toString("hex")}`;
}

type Told = { readonly type: "taken" } | ({ readonly type: "end" } & ProgramEnd);

/**
 * Listens to a slot shell. Its two streams come independently of each other: an attempt is over when both have said so.
 *
 * @param child ssh, with pipes at its standard output and standard error
 */
export function openSession(child: ChildProcess, mark: string, events: SessionEvents): Session {
  /** What standard output has told of the attempts at the head of the line, and of how many standard error has. */
  const told: Told[] = [];
  let toldOnStderr = 0;
  /** Bytes outside an attempt are a login shell's greeting, or come late from what an attempt has left behind. */
  let inStdout = false;
  let inStderr = false;
  let isHeld = false;
  let isKilled = false;
  let unsent = "";

  function settle(): void {
    while (told.length > 0 && toldOnStderr > 0) {
      const next = told.shift()!;
      toldOnStderr--;
      if (next.type === "end") events.onEnd(next);
      else events.onTaken();
    }
  }

  const stdout = markReader(mark, {
    onBytes: (bytes) => inStdout && events.onStdout(told.length, bytes),
    onMark(letter, number) {
      if (letter === "K") {
        isKilled = true;
        return;
      }
      isHeld = letter === "E" && inStdout;
      inStdout = letter === "B";
      if (letter === "P") events.onUp(number!);
      else if (letter === "B") events.onBegin(told.length);
      else if (letter === "E" || letter === "T") {
        told.push(letter === "E" ? { type: "end", status: number, isKilled } : { type: "taken" });
        isKilled = false;
        settle();
      }
    },
  });
  const stderr = markReader(mark, {
    onBytes: (bytes) => inStderr && events.onStderr(toldOnStderr, bytes),
    onMark(letter, number) {
      if (letter === "K") {
        events.onRemark(toldOnStderr, number!);
        return;
      }
      inStderr = letter === "B";
      if (letter !== "E" && letter !== "T") return;
      toldOnStderr++;
      settle();
    },
  });
  child.stdin?.on("error", () => {}); // 'close' says how it ended
  child.stdout!.on("data", stdout.read);
  child.stderr!.on("data", stderr.read);
  let shortage: Shortage | undefined;
  child.on("error", (error) => {
    if (error instanceof StartError) ({ shortage } = error);
  });
  child.on("close", () => events.onClose(shortage));

  function send(): void {
    if (unsent !== "") child.stdin?.write(unsent, "latin1");
    unsent = "";
  }

  return {
    get isHeld() {
      return isHeld;
    },
    /** What is written in one turn of the event loop goes together. */
    write(script) {
      if (unsent === "") process.nextTick(send);
      unsent += script;
    },
    end() {
      send();
      child.stdin?.end();
    },
    kill() {
      child.kill("SIGKILL");
    },
  };
}
