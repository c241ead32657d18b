// What a worker thread of yonder runs.
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { createHost } from "./host.ts";
import { markHost } from "./is-host.ts";
import { mailWord, waitForMail } from "./mail.ts";
import type { ThreadData, ToHost } from "./protocol.ts";

/** How long a thread with nothing to do waits for the next message: a wake-up from there is the quickest that there is. */
const LINGER_MS = 1;
/** So long at most it stays away from its event loop, where timers may wait that its calls have left behind. */
const AWAY_MS_MAX = 20;

markHost();
const port = parentPort!;
const { claims } = workerData as ThreadData;
const host = createHost((message, transfer = []) => port.postMessage(message, transfer), claims);
// What has ended has ended, also where a call behind it ends the thread.
process.on("exit", () => host.flush());
port.on("message", (message: ToHost) => {
  host.receive(message);
  if (host.isIdle) queueMicrotask(linger);
});

function linger(): void {
  const backMs = performance.now() + AWAY_MS_MAX;
  while (host.isIdle && performance.now() < backMs) {
    const seen = mailWord(claims);
    let isMore = false;
    for (let mail = receiveMessageOnPort(port); mail !== undefined; mail = receiveMessageOnPort(port)) {
      host.receive(mail.message as ToHost);
      isMore = true;
    }
    if (!isMore && !waitForMail(claims, seen, LINGER_MS)) return;
  }
}
