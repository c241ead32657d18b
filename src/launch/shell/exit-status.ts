import { closeSync, fstatSync, ftruncateSync, openSync } from "node:fs";
import { constants } from "node:os";
import { type ByteString, bufferOf } from "../../bytes/bytes.ts";
import type { Exit } from "../../interface/task.ts";

/** Those of which a shell says nothing, and the one that nothing can catch. */
const UNSAID: ReadonlySet<number> = new Set([
  constants.signals.SIGINT,
  constants.signals.SIGPIPE,
  constants.signals.SIGKILL,
]);

/**
 * What a slot shell's `$?` says. A status over 128 is an exit status or 128 and the number of the signal that has ended the
 * program; a POSIX shell does not tell which, but of the second it says so in words (`Killed`), which come from
 * nobody else where no job has the descriptor. What a program itself writes is not looked at.
 *
 * A few shells (ksh93, yash) are plain: their statuses of signals are no exit statuses. Others (mksh, zsh) say nothing at
 * all, and none says a word of SIGINT and SIGPIPE: then it is an exit status, unless we have sent that signal ourselves.
 *
 * @param isSaid whether the shell has said something meanwhile
 * @param sent the number of the last signal that we have sent; 0 for none
 */
export function exitOf(status: number, isSaid: boolean, sent: number): Exit {
  const signal = status & 127;
  const isSignal =
    status > 255 || (status > 128 && signal <= 64 && (isSaid || (signal === sent && UNSAID.has(sent))));
  return isSignal ? { exitCode: 0, signal } : { exitCode: status, signal: 0 };
}

/** Takes so many bytes from the end of a file; true where some are left. */
export function cutOff(path: ByteString, bytes: number): boolean {
  try {
    const fd = openSync(bufferOf(path), "r+");
    try {
      const rest = Math.max(0, fstatSync(fd).size - bytes);
      ftruncateSync(fd, rest);
      return rest > 0;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
