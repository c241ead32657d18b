import { setTimeout as sleep } from "node:timers/promises";
import { nowMs } from "../../../clock.ts";
import type { Launcher } from "../../../interface/launcher.ts";

/** Hosts that have not answered by then are told all the same. */
const TELL_MS = 2000;

/**
 * What ctrl-Z asks for: jobs stop, hosts hear that we are away, and then this process stops as whoever looks on expects.
 * When it is told to go on (`fg`, `bg`, SIGCONT), all of it does.
 *
 * @param leaveTerminal removes what is drawn there
 * @param written resolves when no output is on its way
 * @param goOn told for how long nothing has run
 */
export function suspension(
  launcher: Launcher,
  leaveTerminal: () => void,
  written: () => Promise<void>,
  goOn: (stoppedMs: number) => void,
): () => void {
  let isStopping = false;
  return async () => {
    if (isStopping) return;
    isStopping = true;
    const sinceMs = nowMs();
    await Promise.race([Promise.all([launcher.pause(true), written()]), sleep(TELL_MS)]);
    leaveTerminal();
    // Returns when it has been told to go on.
    process.kill(process.pid, "SIGSTOP");
    void launcher.pause(false);
    isStopping = false;
    goOn(nowMs() - sinceMs);
  };
}
