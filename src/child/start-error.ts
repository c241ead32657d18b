import { YonderError } from "../interface/errors.ts";

/** What there was not enough of. */
export type Shortage = "files" | "processes" | "memory";

/** Why a process could not be started. */
export class StartError extends YonderError {
  /** It could be started if something else ended first; undefined where no wait would help. */
  readonly shortage: Shortage | undefined;

  constructor(program: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    const shortage = SHORTAGES[code];
    const reason = shortage === undefined ? reasonOf(code, cause) : `not enough ${shortage}`;
    super("LAUNCH", {
      message: `cannot start ${program}: ${reason}`,
      ...(shortage && { remedy: `${REMEDIES[shortage]}, or run fewer jobs at a time: --jobs` }),
      cause,
    });
    this.shortage = shortage;
  }
}

const SHORTAGES: Readonly<Record<string, Shortage>> = {
  EMFILE: "files",
  ENFILE: "files",
  EAGAIN: "processes",
  ENOMEM: "memory",
};

/** What helps, in the order in which people can try it. */
export const REMEDIES: Readonly<Record<Shortage, string>> = {
  files: "raise 'ulimit -n' ('nofile' in /etc/security/limits.conf) or /proc/sys/fs/file-max",
  processes:
    "raise 'ulimit -u' ('nproc' in /etc/security/limits.conf), pids.max of the cgroup or /proc/sys/kernel/pid_max",
  memory: "make memory free",
};

function reasonOf(code: string, cause: unknown): string {
  switch (code) {
    case "ENOENT":
      return "there is no such program, or the working directory is gone";
    case "EACCES":
      return "it may not be run";
    case "E2BIG":
      return "its arguments and the environment are longer than the system takes";
    default:
      return (cause as Error).message;
  }
}
