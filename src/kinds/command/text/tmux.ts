import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { type ByteString, bufferOf, decodeText, encodeText } from "../../../bytes/bytes.ts";
import { quoteWord } from "../../../bytes/quote.ts";
import { startChild } from "../../../child/start.ts";
import { makeTemporaryDirectory } from "../../../directories.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { Options } from "../../../options/options.ts";
import { tell } from "../../../standard-streams.ts";

/** --tmux, --tmuxpane: a tmux server of our own, in which each job is a window or a pane. */
export interface Tmux {
  /** Shell source that runs `source` in tmux and ends as it does, or ends it when it is told to end. */
  wrap(source: ByteString, title: ByteString): ByteString;
  close(): void;
}

/** Variables that tell jobs apart: a window has the server's, not those of who opened it. */
const PER_JOB = ["PARALLEL_SEQ", "PARALLEL_JOBSLOT", "PARALLEL_PID"];

export function openTmux(options: Options, shell: string): Tmux {
  const directory = makeTemporaryDirectory(`${options.tmpdir ? decodeText(options.tmpdir) : tmpdir()}/tms`);
  const socket = `${directory}/s`;
  const tmux = `tmux -S ${quoteWord(encodeText(socket))}`;
  // A session without a window ends; this one stays until close(). Its end is ours, also when we are killed.
  const stay = `while kill -0 ${process.pid} 2>/dev/null; do sleep 1; done`;
  call(socket, "new-session", "-d", "-s", "yonder", "-n", "yonder", stay);
  tell(`See output with: tmux -S ${socket} attach\n`);
  if (options.fg) startChild("tmux", ["-S", socket, "attach"], { stdio: "inherit" });
  let count = 0;
  return {
    wrap(source, title) {
      const base = `${encodeText(directory)}/${++count}`;
      writeFileSync(bufferOf(`${base}.sh`), bufferOf(windowScript(source, base, shell)));
      return slotScript(tmux, base, opening(options, title));
    },
    close() {
      spawnSync("tmux", ["-S", socket, "kill-server"], { stdio: "ignore" });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function call(socket: string, ...words: readonly string[]): void {
  const { TMUX: _, ...env } = process.env;
  const { error, status, stderr } = spawnSync("tmux", ["-S", socket, ...words], { env, encoding: "utf8" });
  if (error === undefined && status === 0) return;
  throw new YonderError("LAUNCH", {
    message: "tmux cannot be started.",
    remedy: error === undefined ? stderr.trim() : "install tmux, or leave out --tmux",
  });
}

function opening({ tmuxpane }: Options, title: ByteString): ByteString {
  if (tmuxpane) return "split-window -d";
  const name = title.replace(/[^\x20-\x7e]/g, "?").slice(0, 40);
  return `new-window -n ${quoteWord(name)}`;
}

/** In the window. The FIFO is open as long as this lives: a window that is closed ends the wait for it, too. */
function windowScript(source: ByteString, base: ByteString, shell: string): ByteString {
  return `exec 9>${quoteWord(`${base}.status`)}
${quoteWord(encodeText(shell))} -c ${quoteWord(source)} 9>&-
echo $? >&9
`;
}

const CLOSED = 129;

/** In the slot. wait, unlike read, is interrupted by the signal that ends the job. */
function slotScript(tmux: ByteString, base: ByteString, open: ByteString): ByteString {
  const [fifo, status] = [quoteWord(`${base}.status`), quoteWord(`${base}.exit`)];
  const inWindow = quoteWord(`exec sh ${quoteWord(`${base}.sh`)}`);
  const variables = PER_JOB.map((name) => `-e ${name}="$${name}"`).join(" ");
  const layout = open.startsWith("split") ? `${tmux} select-layout -t yonder tiled >/dev/null\n` : "";
  return `mkfifo ${fifo} || exit
cat ${fifo} >${status} & reader=$!
pane=
trap 'kill -s TERM -- "-$pane" "$reader" 2>/dev/null; exit 143' HUP INT TERM
pane=$(${tmux} ${open} -t yonder: -c "$PWD" ${variables} -P -F '#{pane_pid}' ${inWindow}) || exit
${layout}wait "$reader"
read -r exit_status <${status}
exit "\${exit_status:-${CLOSED}}"`;
}
