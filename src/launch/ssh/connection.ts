import type { ChildProcess, StdioOptions } from "node:child_process";
import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { type ByteString, decodeText } from "../../bytes/bytes.ts";
import { startChild } from "../../child/start.ts";
import { YonderError } from "../../interface/errors.ts";
import { type Control, openControl } from "./control.ts";
import { byHand, isOpenSsh, type Login, sshWords } from "./login.ts";

export interface ConnectOptions {
  /** A directory that only we can enter, with a short path: the sockets of connections are in it. */
  readonly directory: string;
  /** Tells the connections of that directory apart. */
  readonly id: number;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds without a sign of life after which a host is lost. */
  readonly silenceMs: number;
  /** Gives up on a host that has not answered yet. */
  readonly signal?: AbortSignal;
  /** Once, at the end of a connection that was made and that nobody has closed. */
  onLost(reason: string): void;
}

/** A host that has answered. All that runs there runs over this. */
export interface Connection {
  readonly login: Login;
  /** A shell there that runs what is said to it: short commands, one after the other. */
  readonly control: Control;
  /**
   * Runs a command of the login shell there. Its end with 255 may be ssh's own: see `onLost`.
   * @param redirection of this machine's shell, where its input is a file that only a shell should open (a FIFO may block)
   */
  open(command: ByteString, stdio: StdioOptions, redirection?: ByteString): ChildProcess;
  /** Program and arguments, the host last, for another program that runs commands there over this connection. */
  words(): ByteString[];
  /** While it is in use, as it is at first, the program stays alive for it. What was opened has a use of its own. */
  use(isUsed: boolean): void;
  /** Ends everything there that came over it. */
  close(): Promise<void>;
}

/** Sessions that one connection carries beside each other: an sshd allows ten where nobody has changed its MaxSessions. */
const SESSIONS_MAX = 9;

/**
 * Makes the connection to a host: one call of the system's OpenSSH that the others share. More are made only for what
 * the first one may not carry. A program other than ssh is called anew for each session.
 *
 * @throws YonderError HOST where the host cannot be reached, with what ssh said
 */
export async function connect(login: Login, options: ConnectOptions): Promise<Connection> {
  const carriers: Carrier[] = [];
  let isClosed = false;

  function wordsOf(role: "master" | "client", index: number, ...more: ByteString[]): ByteString[] {
    const { silenceMs } = options;
    const shared = { socket: socketOf(index), role, silenceMs, connectMs: silenceMs };
    return [...(isOpenSsh(login) ? sshWords(login, shared) : login.command), ...more];
  }

  function call(words: readonly ByteString[], stdio: StdioOptions): ChildProcess {
    const [program = "", ...args] = words.map(decodeText);
    // A group of its own: the ctrl-C of a terminal is for us to pass on.
    return startChild(program, args, { stdio, env: options.env, detached: true });
  }

  function socketOf(index: number): string {
    return join(options.directory, `${options.id}.${index}`);
  }

  /** A carrier with room, made where there is none: a session that comes before it is up has a connection of its own. */
  function carrier(): Carrier {
    const free = carriers.find(({ sessions }) => sessions < SESSIONS_MAX);
    if (free !== undefined || !isOpenSsh(login)) return free ?? carriers[0]!;
    const made: Carrier = { index: carriers.length, sessions: 1, master: undefined };
    made.master = call(wordsOf("master", made.index, "exec cat"), ["pipe", "ignore", "ignore"]);
    carriers.push(made);
    return made;
  }

  const master = call(wordsOf("master", 0, "exec sh"), ["pipe", "pipe", "pipe"]);
  carriers.push({ index: 0, sessions: 1, master });
  const complaint = lastWords(master.stderr!);
  /** Why it is over, where it is we who know; what ssh says when it is ended for that is of no interest. */
  let ours: string | undefined;
  const ended = new Promise<void>((resolve) => {
    master.on("error", (error) => {
      ours ??= error.message;
    });
    master.on("close", () => resolve());
  });
  const silent = new Promise<void>((resolve) => master.stdout!.once("end", () => resolve()));
  const control = openControl(master.stdin!, master.stdout!, options.silenceMs);
  const lost = ended.then(() => ours ?? (complaint() || "the connection was closed"));
  void lost.then((reason) => control.end(reason));
  const giveUp = (why: string): void => {
    ours ??= why;
    master.kill("SIGKILL");
  };
  const tooLate = setTimeout(
    () => giveUp(`no answer within ${options.silenceMs / 1000} s`),
    options.silenceMs,
  );
  const unwanted = (): void => giveUp("nobody waits for it any more");
  options.signal?.addEventListener("abort", unwanted);
  if (options.signal?.aborted) unwanted();
  try {
    await control.ready;
  } catch {
    throw unreachable(login, await lost);
  } finally {
    clearTimeout(tooLate);
    options.signal?.removeEventListener("abort", unwanted);
  }
  void lost.then((reason) => {
    if (!isClosed) options.onLost(reason);
    isClosed = true;
    for (const { master: other } of carriers.slice(1)) other?.kill();
  });
  return {
    login,
    control,
    open(command, stdio, redirection) {
      const over = carrier();
      over.sessions++;
      const words = wordsOf("client", over.index, command);
      const shell = redirection === undefined ? [] : ["/bin/sh", "-c", `exec "$@" ${redirection}`, "sh"];
      const child = call([...shell, ...words], stdio);
      child.once("close", () => over.sessions--);
      return child;
    },
    words: () => wordsOf("client", 0),
    use(isUsed) {
      for (const { master: other } of carriers) if (other !== undefined) useProcess(other, isUsed);
    },
    async close() {
      isClosed = true;
      useProcess(master, true);
      control.close();
      const impatient = setTimeout(() => master.kill("SIGKILL"), CLOSE_MS);
      await Promise.race([ended, silent]);
      // It may still wait for a session whose job has left something behind.
      master.kill();
      await ended;
      clearTimeout(impatient);
      for (const { index, master: other } of carriers) {
        other?.kill();
        rmSync(socketOf(index), { force: true });
      }
    },
  };
}

/** Whether the program stays alive for a process and what is written to it and read from it. */
export function useProcess(child: ChildProcess, isUsed: boolean): void {
  const how = isUsed ? "ref" : "unref";
  child[how]();
  for (const stream of child.stdio) (stream as Partial<Socket> | null | undefined)?.[how]?.();
}

/** What a host is given to clean up in, before the connection is cut. */
const CLOSE_MS = 5000;

interface Carrier {
  readonly index: number;
  sessions: number;
  master: ChildProcess | undefined;
}

function unreachable(login: Login, reason: string): YonderError {
  const name = decodeText(login.name);
  return new YonderError("HOST", {
    message: `${name}: ${reason}`,
    remedy: `try by hand: ${byHand(login)}`,
  });
}

/** The last line that ssh has said, which is the one that says why. */
function lastWords(stream: Readable): () => string {
  let last = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    last = (last + text).slice(-4096);
  });
  return () =>
    last
      .split("\n")
      .map((line) => line.trim())
      .findLast((line) => line !== "") ?? "";
}
