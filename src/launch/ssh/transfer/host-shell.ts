import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { ByteString } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { type Connection, useProcess } from "../connection.ts";
import { markReader } from "../marks.ts";

export interface Request {
  /** Shell source. It finds the payload at its standard input, and need not read it. */
  readonly script: ByteString;
  readonly payload?: readonly Buffer[];
  /** What it writes to standard output, as it comes. */
  readonly onOutput?: (bytes: Buffer) => void;
}

export interface Answer {
  readonly status: number;
  /** What it has said on standard error. */
  readonly complaint: ByteString;
}

/** The session of a request has ended under it; the connection may be well. */
export class SessionEnded extends Error {}

/** One long-lived shell on a host, which runs scripts in their order, each in a subshell, with bytes to and fro. */
export interface HostShell {
  /** Requests may be made while others run: nothing waits for a round trip. @throws SessionEnded */
  run(request: Request): Promise<Answer>;
  /** Whether a login shell there says something of its own in every session. Known when something was answered. */
  isGreeted(): boolean;
  close(): void;
}

/** The shell is made at the first request, and made anew when its session has ended. */
export function hostShell(connection: Connection): HostShell {
  let open: ReturnType<typeof openShell> | undefined;
  let isClosed = false;
  return {
    run(request) {
      if (isClosed) return Promise.reject(new SessionEnded("closed"));
      if (open === undefined || open.hasEnded()) open = openShell(connection);
      return open.run(request);
    },
    isGreeted: () => open?.isGreeted() ?? false,
    close() {
      isClosed = true;
      open?.end();
    },
  };
}

interface Waiting {
  readonly request: Request;
  readonly answer: PromiseWithResolvers<Answer>;
  complaint: ByteString;
}

function openShell(connection: Connection) {
  const mark = `\x1e${randomBytes(12).toString("hex")}`;
  const command = `exec sh -c ${quoteWord(loop(mark, connection.control.directory))}`;
  const child = connection.open(command, ["pipe", "pipe", "ignore"]);
  const waiting: Waiting[] = [];
  let isUp = false;
  let isGreeted = false;
  let hasEnded = false;
  let isInComplaint = false;

  const reader = markReader(mark, {
    onBytes(bytes) {
      const first = waiting[0];
      if (!isUp) isGreeted = true;
      if (!isUp || first === undefined) return;
      if (!isInComplaint) return first.request.onOutput?.(bytes);
      if (first.complaint.length < COMPLAINT_MAX) first.complaint += bytes.toString("latin1");
    },
    onMark(letter, number) {
      if (letter === "U") isUp = true;
      isInComplaint = letter === "M";
      if (letter !== "E") return;
      const { answer, complaint } = waiting.shift()!;
      if (waiting.length === 0) use(child, false);
      answer.resolve({ status: number!, complaint });
    },
  });
  child.stdout!.on("data", reader.read);
  child.stdin!.on("error", () => {}); // 'close' tells the story
  child.on("error", () => {});
  child.on("close", () => {
    hasEnded = true;
    for (const { answer } of waiting.splice(0)) answer.reject(new SessionEnded("the session has ended"));
  });
  use(child, false);

  return {
    hasEnded: () => hasEnded,
    isGreeted: () => isGreeted,
    run(request: Request): Promise<Answer> {
      const answer = Promise.withResolvers<Answer>();
      if (waiting.length === 0) use(child, true);
      waiting.push({ request, answer, complaint: "" });
      const { payload = [] } = request;
      const script = `${request.script}\n`;
      const payloadBytes = payload.reduce((total, part) => total + part.length, 0);
      const stdin = child.stdin as Socket;
      stdin.cork();
      stdin.write(scriptHead(script, payloadBytes) + script, "latin1");
      for (const part of payload) stdin.write(part);
      stdin.uncork();
      return answer.promise;
    },
    end: () => child.stdin!.end(),
  };
}

const COMPLAINT_MAX = 4096;

function use(child: ChildProcess, isUsed: boolean): void {
  useProcess(child, isUsed);
}

/** A shell reads lines byte by byte; from here on it is cheaper to start a program that does better. */
const LINES_BYTES_MAX = 4096;

/** `script` ends with a newline. */
function scriptHead(script: ByteString, payloadBytes: number): ByteString {
  if (script.length > LINES_BYTES_MAX) return `B ${script.length} ${payloadBytes}\n`;
  return `L ${script.split("\n").length - 1} ${payloadBytes}\n`;
}

/**
 * Reads `B` or `L`, the length of a script in bytes or lines and that of its payload in bytes, these two, and runs it, time
 * and again. Each gives its output, the mark `M`, its standard error, and the mark `E` with its exit status. The file
 * `p.PGID` lets the connection's end be its end.
 *
 * Whatever reads from the session must take no byte too many. Most heads do so, old ones of busybox do not; dd does, byte
 * by byte. On one line: not every login shell allows more between quotes.
 */
function loop(mark: string, directory: ByteString): ByteString {
  const pid = quoteWord(`${directory}/p.`);
  return [
    "exec 2>/dev/null 3>&1",
    "LC_ALL=C; export LC_ALL",
    `true >${pid}$$; trap "rm -f ${pid}$$" EXIT`,
    'take() { exec head -c "$1"; }',
    'case $(printf abcd | { (take 2) >/dev/null; cat; }) in cd) ;; *) take() { exec dd bs=1 count="$1"; };; esac',
    `n=$(printf '\\nx'); n=\${n%x}`,
    `printf '${mark}U;'`,
    "while read -r k a b; do case $k in B) y=$(take $a);; " +
      "*) y=; while [ $a -gt 0 ]; do IFS= read -r x; y=$y$x$n; a=$((a-1)); done;; esac",
    'case $b in 0) m=$( (eval "$y") 2>&1 >&3 3>&- </dev/null );; ' +
      '*) m=$(take $b | { (eval "$y") 2>&1 >&3 3>&-; s=$?; if read -r x; then cat >/dev/null; fi; exit $s; } );; esac; s=$?',
    `printf '${mark}M;'; printf %s "$m"; printf '${mark}E%s;' $s; done`,
  ].join("; ");
}
