import { constants } from "node:os";
import { inherited } from "../../../child/inherited.ts";

/** What a person who wants the job to stop can ask for, by a signal of this number. */
export interface StopRequests {
  /** Start nothing more; what runs may end. */
  drain(signal: number): void;
  /** End what runs, too. */
  cancel(signal: number): void;
  /** Stop what runs, and then this process, until it is told to go on; then all of it goes on. */
  suspend(): void;
  /** SIGUSR1: say what runs. */
  list(): void;
}

/**
 * yonder: the first ctrl-C (or SIGTERM) stops starting, the second kills. Under the names parallel and sem SIGINT and
 * SIGTERM kill at once, as they do there. SIGHUP stops starting everywhere, but where nohup or the like has had it
 * ignored. ctrl-Z stops jobs, too, which a terminal cannot reach in sessions of their own. Undo with the returned function.
 */
export function onStopSignals(requests: StopRequests, isGnu: boolean): () => void {
  let stops = isGnu ? 1 : 0;
  const { SIGINT, SIGTERM, SIGHUP, SIGTSTP } = constants.signals;
  const stop = (signal: number): void => (stops++ === 0 ? requests.drain(signal) : requests.cancel(signal));
  const ignoresHangUp = inherited().ignored.includes(SIGHUP);
  const ignoresStop = inherited().ignored.includes(SIGTSTP);
  const handlers = [
    ["SIGINT", () => stop(SIGINT)],
    ["SIGTERM", () => stop(SIGTERM)],
    ["SIGHUP", () => ignoresHangUp || requests.drain(SIGHUP)],
    // What yonder cancel --drain sends: nobody has had it ignored.
    ["SIGUSR2", () => requests.drain(SIGHUP)],
    ["SIGTSTP", () => ignoresStop || requests.suspend()],
    ["SIGUSR1", () => requests.list()],
  ] as const;
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
