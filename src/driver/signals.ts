import { constants } from "node:os";
import { inherited } from "../child/inherited.ts";

/** What a person who wants the job to stop can ask for. */
export interface StopRequests {
  /** Start nothing more; what runs may end. */
  drain(): void;
  /** End what runs, too. */
  cancel(): void;
  /** SIGUSR1: say what runs. */
  list(): void;
}

/**
 * yonder: the first ctrl-C (or SIGTERM) stops starting, the second kills. Under the names parallel and sem SIGINT and
 * SIGTERM kill at once, as they do there. SIGHUP stops starting everywhere, but where nohup or the like has had it
 * ignored. Undo with the returned function.
 */
export function onStopSignals(requests: StopRequests, isGnu: boolean): () => void {
  let stops = isGnu ? 1 : 0;
  const stop = (): void => (stops++ === 0 ? requests.drain() : requests.cancel());
  const ignoresHangUp = inherited().ignored.includes(constants.signals.SIGHUP);
  const handlers = [
    ["SIGINT", stop],
    ["SIGTERM", stop],
    ["SIGHUP", () => ignoresHangUp || requests.drain()],
    ["SIGUSR1", () => requests.list()],
  ] as const;
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
