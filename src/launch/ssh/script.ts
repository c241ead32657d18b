import type { ByteString } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import type { AttemptSpec, DataFile } from "../../interface/launcher.ts";
import { WRITTEN } from "../shell/script.ts";

/**
 * The language between us and a slot shell on a host, which speaks on the same two streams as its jobs: marks (see
 * marks.ts) tell what is whose. Each attempt gives, on both streams, `T` where it was taken back, or else `B`, its
 * output, and `E`, with the exit status on standard output. `C` on standard output says that no process holds on to the
 * attempt's descriptors any more: the next may begin. `P` says that the shell is up, and its process id.
 *
 * - Whoever creates an attempt's claim file first (noclobber) decides: the shell begins it, or we have taken it back.
 * - A job inherits the writing end of a pipe whose reader sees the exit status come, behind an `@`, and, when the last
 *   process has let it go, the end. What a job leaves behind can so be noticed, and never writes into the output of the
 *   next. Linux is asked for what has closed the pipe and not the streams.
 * - `K`, before `E`, says on standard output that a signal has ended the program, which `$?` does not tell from an exit
 *   status over 128 (see ../shell/exit-status.ts): the subshell that waited for it has written something, and it had nothing to
 *   write but that. On standard error it says how many bytes of this remark have come there.
 * - Signals are for the slot's process group, which sshd makes for every session. The shell catches them, which, unlike
 *   ignoring them, jobs do not inherit; nor do subshells, which catch them anew.
 */
export interface Marks {
  /** What every mark of this session starts with. */
  readonly mark: string;
  /** The connection's directory on the host. */
  readonly directory: ByteString;
}

const SIGNALS = "HUP INT QUIT TERM USR1 USR2 ALRM";
const CATCH = `trap : ${SIGNALS}`;
/** For what starts no job. */
const IGNORE = `trap '' ${SIGNALS}`;

/** @param setup shell source: what every attempt of the slot finds, such as exported variables */
export function slotPreamble({ mark, directory }: Marks, setup: ByteString): ByteString {
  const pids = quoteWord(`${directory}/p.`);
  return (
    `${CATCH}\n` +
    // A bash that sshd has started, as it believes at level 1, reads ~/.bashrc: once for a slot is enough.
    "SHLVL=1; export SHLVL\n" +
    // What it says of its own is no job's output.
    `exec 4>&1 5>&2 2>/dev/null\n` +
    `{ true >${pids}$$; } 2>&5\n${setup}set -C\n${killedFunction(mark)}${LEFT_FUNCTION}` +
    `printf '${mark}P%s;' $$; printf '${mark}P;' >&5\n`
  );
}

/**
 * For a subshell that has waited for a program. bash makes its remarks before what it redirects; others have done so after,
 * where the program is not in a subshell of its own ($1 is set then).
 */
function killedFunction(mark: string): ByteString {
  return `yonder_killed(){
while read -r yonder_k yonder_v; do [ "$yonder_k" = wchar: ] && break; done <${WRITTEN}
[ "\${yonder_v:-0}" -gt 0 ] || return
printf '${mark}K;'
[ -n "$1$BASH_VERSION" ] || printf '${mark}K%s;' "$yonder_v" >&5
}
`;
}

/** Where Linux says which process id it has given last. */
const LAST_PID = "read -r yonder_a yonder_a yonder_a yonder_a yonder_last </proc/loadavg";
/** Among more ids than these, it is quicker to look at all processes that there are. */
const PIDS_MAX = 1000;

/**
 * Waits for processes that the attempt has left behind and that hold the session's streams, though not the pipe: programs
 * that close all descriptors over 2 for what they start. Their ids are higher than the last one before the attempt, $1;
 * where ids have begun anew since, all processes are looked at but those that the session is made of.
 */
const LEFT_FUNCTION = `yonder_left(){
${LAST_PID} || return
yonder_p=$1
if [ $((yonder_last - yonder_p)) -ge 0 ] && [ $((yonder_last - yonder_p)) -le ${PIDS_MAX} ]
then while [ $yonder_p -lt $yonder_last ]
do yonder_p=$((yonder_p + 1)); [ ! -e /proc/$yonder_p ] || yonder_holds $yonder_p
done
else for yonder_p in /proc/[0-9]*; do yonder_holds \${yonder_p#/proc/}; done
fi
}
yonder_holds(){
[ $1 != $PPID ] && [ $1 != $$ ] && [ ! /proc/$1 -ef /proc/self ] || return
for yonder_f in /proc/$1/fd/*
do while [ $yonder_f -ef /proc/self/fd/4 ] || [ $yonder_f -ef /proc/self/fd/5 ]; do sleep 1; done
done
}
`;

export interface AttemptParts extends Marks {
  /** Its number among the claims on this host; undefined where the shell need not ask. */
  readonly claim: number | undefined;
}

/** The session's own standard input is that of an attempt which has any. */
export function attemptScript(attempt: AttemptSpec, parts: AttemptParts): ByteString {
  const { mark, directory, claim } = parts;
  const run = isBuiltin(attempt.command) ? builtinRun(attempt, mark) : programRun(attempt, parts);
  if (claim === undefined) return run;
  const file = quoteWord(`${directory}/c${claim}`);
  return `if true >${file}\nthen ${run}else printf '${mark}T;'; printf '${mark}T;' >&5\nfi\n`;
}

/** Leaves no process behind, and fails where `true` does. */
function builtinRun({ command }: AttemptSpec, mark: string): ByteString {
  return `(${command}); printf '${mark}E%s;' $?; printf '${mark}E;' >&5\n`;
}

function programRun({ command, env, stdin, output }: AttemptSpec, { mark, directory }: Marks): ByteString {
  const file = `${quoteWord(directory)}/f.$$`;
  const data =
    stdin.type === "path" && stdin.as !== undefined ? DATA[stdin.as](file) : { before: "", after: "" };
  const readsSession = stdin.type === "path" && stdin.as === undefined;
  const run = `${program(command)} ${readsSession ? "" : "</dev/null "}2>&5 5>&-`;
  const variables =
    env.map(([name, value]) => `${name}=${quoteWord(value)} `).join("") +
    (data.before === "" ? "" : `PARALLEL_TMP=${file} `);
  // What dash remarks on a vforked program can be taken away from a file alone.
  const isFile = output.type === "files";
  const job = isFile ? variables + run : `(${variables}exec ${run})`;
  const look = `[ $s -le 128 ] || yonder_killed${isFile ? "" : " -"}; `;
  return (
    `${LAST_PID}; printf '${mark}B;'; printf '${mark}B;' >&5\n` +
    `{ ${CATCH}; ${data.before}${job}; s=$?; ${look}${data.after}printf '\\n@ %s\\n' $s >&9; } 9>&1 >&4 4>&- | ` +
    `{ ${IGNORE}; while read -r k s; do [ "$k" != @ ] || break; done; ` +
    `printf '${mark}E%s;' "$s"; printf '${mark}E;' >&5; while read -r s; do :; done; ` +
    `[ -z "$yonder_last" ] || yonder_left $yonder_last; }\nprintf '${mark}C;'\n`
  );
}

/** How what comes over the session is put into a file for the job, and what remains to be done after it. */
const DATA: Readonly<Record<DataFile, (file: ByteString) => { before: ByteString; after: ByteString }>> = {
  file: (file) => ({ before: `cat >${file} 2>&5 && `, after: `rm -f ${file}; ` }),
  // What runs in the background would read /dev/null.
  fifo: (file) => ({
    before: `mkfifo ${file} 2>&5; exec 3<&0 </dev/null; cat <&3 >${file} 5>&- 9>&- & exec 3<&-; `,
    after: `kill -s KILL $!; rm -f ${file}; `,
  }),
};

/** Words of plain characters, backslash escapes and single quotes, one blank apart: every shell does the same with them. */
const SIMPLE = /^(?:[\w@%+:,./-]|\\[^\n]|'[^']*')+(?: (?:[\w@%+=:,./^-]|\\[^\n]|'[^']*')+)*$/;
/** A program by its path: no function, alias or builtin of the login shell has such a name. */
const BY_PATH = /^[\w@%+:,.-]*\/[\w@%+:,./-]*(?= |$)/;
const BUILTIN = /^(?:true|false|:)(?: |$)/;

function isBuiltin(command: ByteString): boolean {
  return BUILTIN.test(command) && SIMPLE.test(command);
}

/** As GNU parallel does it, by the login shell, but for what needs none. */
function program(command: ByteString): ByteString {
  return BY_PATH.test(command) && SIMPLE.test(command)
    ? command
    : `"\${SHELL:-/bin/sh}" -c ${quoteWord(command)}`;
}
