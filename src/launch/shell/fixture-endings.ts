import { constants } from "node:os";
import type { Exit } from "../../interface/task.ts";

/** A way for a program to end, and what is to be known of it. */
export interface Ending {
  /** Shell source that ends so. */
  readonly how: string;
  readonly exit: Exit;
}

const { SIGINT, SIGPIPE, SIGKILL, ...signals } = constants.signals;
const { SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH } = signals;
const HARMLESS: ReadonlySet<number> = new Set([
  ...[SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH],
]);

/** All exit statuses, and all signals that end a program: of SIGINT and SIGPIPE no shell says that it was one. */
export function endings(): Ending[] {
  const exits = Array.from({ length: 256 }, (_, exitCode) => ({
    how: `exit ${exitCode}`,
    exit: { exitCode, signal: 0 },
  }));
  const deaths = Array.from({ length: 31 }, (_, index) => index + 1)
    .filter((signal) => !HARMLESS.has(signal))
    .map((signal) => ({
      how: `ulimit -c 0; kill -${signal} $$`,
      exit:
        signal === SIGINT || signal === SIGPIPE
          ? { exitCode: 128 + signal, signal: 0 }
          : { exitCode: 0, signal },
    }));
  // What shells say, said by a program.
  const quoted = ["exit 137", `kill -${SIGKILL} $$`].map((end) => ({
    how: `echo Killed >&2; ${end}`,
    exit: end === "exit 137" ? { exitCode: 137, signal: 0 } : { exitCode: 0, signal: SIGKILL },
  }));
  return [...exits, ...deaths, ...quoted];
}

/** What such a program has written on its standard error. */
export function saidBy({ how }: Ending): string {
  return how.startsWith("echo") ? "Killed\n" : "";
}
