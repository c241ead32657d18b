// A worker thread of an agent.
import { parentPort, workerData } from "node:worker_threads";
import { createHost } from "../launch/thread/host.ts";
import { markHost } from "../launch/thread/is-host.ts";
import type { ToHost } from "../launch/thread/protocol.ts";
import type { FromRawHost, ToRawHost } from "../launch/thread/raw.ts";
import { decode, encode } from "../wire/codec.ts";
import { takeRoom, waitForRoom } from "./backlog.ts";
import type { HostData } from "./hosts.ts";

markHost();
const port = parentPort!;
const { claims, backlog } = workerData as HostData;
const host = createHost((message) => {
  const bytes = encode(message);
  if (message.type === "output") waitForRoom(backlog);
  takeRoom(backlog, bytes.length);
  port.postMessage({ yonder: bytes } satisfies FromRawHost, [bytes.buffer]);
}, claims);
// What has ended has ended, also where a call behind it ends the thread.
process.on("exit", () => host.flush());
port.on("message", ({ body, constants }: ToRawHost) =>
  host.receive(decode(body, (number) => constants!.get(number)!) as ToHost),
);
