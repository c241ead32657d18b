import { constants } from "node:os";
import type { ByteString } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import type { Inherited } from "../../child/inherited.ts";
import type { AttemptSpec } from "../../interface/launcher.ts";
import type { CommandKind } from "./classify.ts";
import { STDIN_FD } from "./descriptors.ts";
import { tooLong } from "./too-long.ts";

/**
 * The language between us and a slot shell. We write one attempt a line group; it answers `@STATUS` on its standard
 * output, after whatever it says itself (`Killed`). Invariant: answers come in the order of the attempts. Behind the
 * status stands `o` where the attempt's standard output file has bytes, and `e` where the other one has: a look costs a
 * shell a microsecond, and us five. Before an answer over 99 to a `direct` command comes `wBYTES`: so many has the shell
 * written since it began. What we have not got of these was a remark, and has gone where the standard error of the
 * program goes: see classify.ts.
 *
 * - What a line group remembers is in the shell's own arguments, which no job inherits, unlike a variable of a name that
 *   the environment has too.
 * - noclobber makes creating the output file the moment of truth: whoever creates it first, the slot (the attempt
 *   begins) or we (it is taken back), has decided. See `revoke` in slot.ts.
 * - Signals for a job go to the slot's whole process group, so the slot shell itself must survive them: it catches
 *   them with an empty handler, which, unlike ignoring them, is not inherited by jobs.
 */
export function preamble(options: PreambleOptions): ByteString {
  const saved = options.inheritOutput ? "exec 6>&1 7>&2 1>&3 2>&3 3>&-\n" : "exec 2>&1\n";
  return `${options.exports}${WROTE_FUNCTION}set -C\ntrap : ${SURVIVED}\n${givenUs(options.inherited)}${saved}${WROTE_AT_FIRST}`;
}

interface PreambleOptions {
  readonly inheritOutput: boolean;
  readonly exports: ByteString;
  readonly inherited: Inherited;
}

/** Signals that are for jobs, and end neither the slot shell nor what it runs to feed them. */
const SURVIVED = "HUP INT QUIT TERM USR1 USR2 ALRM";

/** What we were given: the shell has it from Node otherwise. It could not wait for jobs without SIGCHLD. */
function givenUs({ openFiles, ignored }: Inherited): ByteString {
  const signals = ignored.filter((signal) => signal !== constants.signals.SIGCHLD).join(" ");
  const limit = openFiles === undefined ? "" : `{ ulimit -Sn ${openFiles}; } 2>/dev/null\n`;
  return `${limit}${signals === "" ? "" : `trap '' ${signals}\n`}`;
}

export function attemptScript(
  attempt: AttemptSpec,
  kind: CommandKind,
  shell: ByteString,
  inheritOutput: boolean,
): ByteString {
  const job = tooLong(attempt, kind) ?? invocation(attempt, kind, shell);
  const run = `${feeder(attempt, inheritOutput)}${job} ${redirections(attempt, inheritOutput)}\n`;
  if (attempt.output.type === "inherit") return `${run}echo @$?\n`;
  const { stdout, stderr } = attempt.output;
  const answer = kind === "direct" ? STATUS + WROTE + ANSWER : STATUS + ANSWER;
  return `set -- ${quoteWord(stdout)} ${quoteWord(stderr)}\n${run}${answer}`;
}

const STATUS = 'set -- @$? "$@";';
const ANSWER = '[ -s "$2" ]&&set -- $1o "$2" "$3";[ -s "$3" ]&&set -- $1e;echo $1\n';

/** Where Linux counts the bytes that a thread has written. */
export const WRITTEN = "/proc/thread-self/io";
const WROTE = `[ \${#1} -lt 4 ]||yonder_wrote;`;
const WROTE_FUNCTION =
  'yonder_wrote(){ while read -r yonder_k yonder_v;do [ "$yonder_k" = wchar: ]&&echo "w$yonder_v";' +
  `done <${WRITTEN};}\n`;

/**
 * Its first word, from which on signals do it nothing: what it has written before its first attempt. A process that Node
 * has forked begins with a byte.
 */
const WROTE_AT_FIRST = `if [ -r ${WRITTEN} ];then yonder_wrote;else echo w0;fi\n`;

function invocation(attempt: AttemptSpec, kind: CommandKind, shell: ByteString): ByteString {
  let env = "";
  for (const [name, value] of attempt.env) env += `${name}=${quoteWord(value)} `;
  switch (kind) {
    case "direct":
      return `${env}${attempt.command}`;
    case "program":
      return `(${env}exec ${attempt.command})`;
    case "builtin":
      return `(${attempt.command})`;
    case "shell":
      return `(${env}exec ${shell} -c ${quoteWord(attempt.command)})`;
  }
}

/**
 * What writes an attempt's standard input, beside it: it is none of the job. Nobody hears what it says, and no signal for the
 * job ends it, which the shell would remark on as if it were the job; it ends when nobody reads any more.
 */
function feeder({ stdin }: AttemptSpec, inheritOutput: boolean): ByteString {
  if (stdin.type !== "piped") return "";
  return `(trap '' ${SURVIVED};${stdin.source}) </dev/null 2>/dev/null${closed(inheritOutput)} | `;
}

/** The descriptors that the slot shell keeps our own output in. */
function closed(inheritOutput: boolean): string {
  return inheritOutput ? " 6>&- 7>&-" : "";
}

function redirections(attempt: AttemptSpec, inheritOutput: boolean): ByteString {
  const input = inputOf(attempt);
  if (attempt.output.type === "inherit") return `${input} >&6 2>&7${closed(inheritOutput)}`;
  // Output first: an attempt that was taken back must not open an input that others may use now.
  return `>"$1" 2>"$2" ${input}${closed(inheritOutput)}`;
}

function inputOf({ stdin }: AttemptSpec): ByteString {
  switch (stdin.type) {
    case "null":
      return "</dev/null";
    case "inherit":
      return `<&${STDIN_FD}`;
    case "path":
      return `<${quoteWord(stdin.path)}`;
    case "piped":
      return "";
  }
}
