import { spawnSync } from "node:child_process";
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";
import { type ByteString, bufferOf } from "../../bytes/bytes.ts";
import type { Exit } from "../../interface/task.ts";

/**
 * What a slot shell's `$?` says. A status over 128 is an exit status of its own or a death by signal; a POSIX shell does
 * not tell which, but it remarks on the second (`Killed`): bash, and any shell that has forked, on its own standard
 * error (`remark`), dash after a vfork on that of the job (`stderr`, which is then cut back to what the job wrote).
 * Shells are silent about SIGINT and SIGPIPE, so those two count as signals without a remark.
 */
export function exitOf(status: number, remark: string, stderr: ByteString | undefined): Exit {
  const signal = status - 128;
  if (status <= 128 || signal > 64) return { exitCode: status, signal: 0 };
  const silent = signal === 2 || signal === 13;
  const killed = silent || remark !== "" || (stderr !== undefined && takeRemark(stderr, remarkOn(signal)));
  return killed ? { exitCode: 0, signal } : { exitCode: status, signal: 0 };
}

const remarks = new Map<number, string>();

/** Asks the shell itself, which is surer than a table of every libc's texts. */
function remarkOn(signal: number): string {
  let remark = remarks.get(signal);
  if (remark === undefined) {
    const { stderr } = spawnSync("/bin/sh", ["-c", `/bin/sh -c 'ulimit -c 0; kill -${signal} $$' 2>&2; :`]);
    remarks.set(signal, (remark = stderr.toString("latin1").trimEnd()));
  }
  return remark;
}

/** True where the file ends in the remark, which is then gone. */
function takeRemark(path: ByteString, remark: string): boolean {
  if (remark === "") return false;
  try {
    const fd = openSync(bufferOf(path), "r+");
    try {
      const { size } = fstatSync(fd);
      const tail = Buffer.alloc(Math.min(size, remark.length + " (core dumped)\n".length + 1));
      readSync(fd, tail, 0, tail.length, size - tail.length);
      const text = tail.toString("latin1");
      for (const line of [`${remark}\n`, `${remark} (core dumped)\n`]) {
        if (!text.endsWith(line)) continue;
        ftruncateSync(fd, size - line.length);
        return true;
      }
      return false;
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
