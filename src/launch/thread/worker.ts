// What a worker thread of yonder runs.
import { parentPort, workerData } from "node:worker_threads";
import { createHost } from "./host.ts";
import { markHost } from "./is-host.ts";
import type { ThreadData, ToHost } from "./protocol.ts";

markHost();
const port = parentPort!;
const { claims } = workerData as ThreadData;
const host = createHost((message, transfer = []) => port.postMessage(message, transfer), claims);
port.on("message", (message: ToHost) => host.receive(message));
