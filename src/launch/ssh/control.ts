import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { type ByteString, bytesOf } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import { YonderError } from "../../interface/errors.ts";

export interface Answer {
  readonly exitCode: number;
  /** Standard output and standard error, mixed. */
  readonly output: ByteString;
}

/** A shell on a host that runs short commands, one after the other, and looks after what belongs to us there. */
export interface Control {
  /** Resolves when the host has answered. */
  readonly ready: Promise<void>;
  /** A directory on the host that is ours until the connection ends; known when `ready`. */
  readonly directory: ByteString;
  /**
   * Runs shell source in a subshell, with no standard input. Commands run in the order in which they are given.
   * @throws YonderError HOST where the connection ends first
   */
  run(source: ByteString): Promise<Answer>;
  /**
   * Stops all that is ours there, or lets it go on. Resolves when that is done, or the connection gone. Nobody there
   * misses us meanwhile.
   */
  pause(isPaused: boolean): Promise<void>;
  /** The connection has ended: whoever waits is told. */
  end(reason: string): void;
  /** The shell there kills and removes what is ours, and ends. */
  close(): void;
}

/** How often the host hears that we live. */
const BEAT_MS = 5000;
/** So many times as long as a host may be silent may we: a driver that is stopped, or sleeps with its machine, comes back. */
const AWAY_TIMEOUTS = 8;

/**
 * @param input,output of `sh` on the host
 * @param silenceMs after so long the host is lost to us; see AWAY_TIMEOUTS
 */
export function openControl(input: Writable, output: Readable, silenceMs: number): Control {
  const mark = `@${randomBytes(12).toString("hex")}`;
  const waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];
  const ready = Promise.withResolvers<void>();
  let directory: ByteString | undefined;
  let over: string | undefined;
  let pending = "";

  input.on("error", () => {}); // the end of the connection says the rest
  output.on("data", (chunk: Buffer) => {
    pending += bytesOf(chunk);
    for (let next = takeAnswer(); next !== undefined; next = takeAnswer()) {
      if (directory === undefined) {
        directory = next.output;
        ready.resolve();
      } else waiting.shift()?.resolve(next);
    }
  });

  /** What comes before the first mark is what the login shell has said of itself. */
  function takeAnswer(): Answer | undefined {
    const [end, start] = [`${mark} `, `${mark}<`];
    const from = pending.indexOf(start);
    const at = from === -1 ? -1 : pending.indexOf(end, from);
    const newline = at === -1 ? -1 : pending.indexOf("\n", at);
    if (newline === -1) return undefined;
    const answer = {
      exitCode: Number(pending.slice(at + end.length, newline)),
      output: pending.slice(from + start.length, at),
    };
    pending = pending.slice(newline + 1);
    return answer;
  }

  function ask(source: ByteString): void {
    input.write(`printf '${mark}<'\n${source}\nprintf '${mark} %s\\n' $?\n`, "latin1");
  }

  ask(preamble(Math.ceil((AWAY_TIMEOUTS * silenceMs) / 1000)));
  const beat = setInterval(() => input.write('true >"$yonder_d/alive"\n'), BEAT_MS);
  beat.unref();
  function ours(source: ByteString): Promise<void> {
    return new Promise((resolve) => {
      if (over !== undefined) return resolve();
      waiting.push({ resolve: () => resolve(), reject: () => resolve() });
      ask(source);
    });
  }

  return {
    ready: ready.promise,
    get directory() {
      return directory ?? "";
    },
    run(source) {
      return new Promise((resolve, reject) => {
        if (over !== undefined) return reject(new YonderError("HOST", { message: over }));
        waiting.push({ resolve, reject });
        ask(`(eval ${quoteWord(source)}) </dev/null 2>&1`);
      });
    },
    pause: (isPaused) => ours(isPaused ? "yonder_pause" : "yonder_go_on"),
    end(reason) {
      over ??= reason;
      clearInterval(beat);
      const error = new YonderError("HOST", { message: reason });
      ready.reject(error);
      for (const { reject } of waiting.splice(0)) reject(error);
    },
    close() {
      clearInterval(beat);
      input.end();
    },
  };
}

/**
 * The shell's own directory there, or, on a host with no room for it, a path at which nothing can be made; and what
 * happens at its end, however it comes: all process groups that a slot has named by a file `p.PGID` are killed, and the
 * directory is removed. It ends when its input does: when we close it, when we die, when sshd dies. Where nobody tells it
 * (a partition, a stopped sshd), the watchdog beside it notices that the beats are missing, unless the file `away` says that
 * they will be: then it is the connection whose end ends all. The directory goes before the
 * watchdog is told to: one that cannot hear it yet sees that.
 *
 * Files are made by `true`: a redirection that fails would end the shell where it is that of `:`, a special builtin.
 */
const preamble = (awayS: number): ByteString => `exec 2>/dev/null
trap : HUP INT QUIT TERM PIPE
yonder_d=$(umask 077; mktemp -d "\${TMPDIR:-/tmp}/yonder.XXXXXX" || { d=\${TMPDIR:-/tmp}/yonder.$$; mkdir "$d" && echo "$d"; })
[ -d "$yonder_d" ] || yonder_d=/dev/null/yonder
yonder_signal() { for f in "$yonder_d"/p.*; do kill -s "$1" -- "-\${f##*/p.}"; done; }
yonder_pause() { true >"$yonder_d/away"; yonder_signal STOP; }
yonder_go_on() { true >"$yonder_d/alive"; rm -f "$yonder_d/away"; yonder_signal CONT; }
yonder_end() { yonder_signal KILL; rm -rf "$yonder_d"; kill $yonder_w; }
trap yonder_end EXIT
true >"$yonder_d/alive"
(trap - EXIT; trap '' HUP INT QUIT PIPE; trap 'kill $!; exit' TERM
while [ -d "$yonder_d" ]; do rm -f "$yonder_d/alive"; sleep ${awayS} & wait $!; [ -e "$yonder_d/alive" ] || [ -e "$yonder_d/away" ] || break; done
[ ! -d "$yonder_d" ] || { yonder_w=; yonder_end; kill -s KILL $$; }) </dev/null >/dev/null &
yonder_w=$!
printf %s "$yonder_d"`;
