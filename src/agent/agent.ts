import { Socket } from "node:net";
import { availableParallelism, totalmem } from "node:os";
import {
  CONTROL,
  decodeControl,
  encodeControl,
  type FromAgent,
  type OpenHost,
  type ToAgent,
  unpackHostMessage,
  WIRE_VERSION,
} from "../wire/agent.ts";
import { decode } from "../wire/codec.ts";
import { frameSender, readFrames } from "../wire/frames.ts";
import { createCode } from "./code.ts";
import { type AgentHost, openAgentHost } from "./hosts.ts";
import { CLOSED, createInbox, type Inbox } from "./inbox.ts";

/**
 * Runs calls on this machine for a driver on another one, until the driver says so or its end of the connection closes.
 *
 * @param args two descriptors, to read frames from and to write them to, and the line that comes before the first frame
 */
export function runAgent([input = "0", output = "1", magic = ""]: readonly string[]): void {
  // Descriptors of their own: what tasks, and programs that they call, write to standard output cannot get between frames.
  const reading = new Socket({ fd: Number(input), readable: true, writable: false });
  const writing =
    input === output ? reading : new Socket({ fd: Number(output), readable: false, writable: true });
  writing.write(`${magic}\n`);
  const sender = frameSender(writing);
  const code = createCode(tell);
  const hosts = new Map<number, AgentHost>();
  const inboxes = new Map<number, Inbox>();
  const constants = new Map<number, ArrayBufferLike>();

  const facts = {
    version: WIRE_VERSION,
    node: process.versions.node,
    pid: process.pid,
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    root: code.root,
  };

  function tell(message: FromAgent): void {
    void sender.send(CONTROL, encodeControl(message));
  }

  function receive(message: ToAgent): void {
    switch (message.type) {
      case "hello":
        return tell({ type: "hello", ...facts });
      case "kill":
        return void hosts.get(message.host)?.kill();
      case "takeBack":
        if (hosts.get(message.host)?.takeBack(message.id))
          tell({ type: "returned", host: message.host, id: message.id });
        return;
      case "place":
        return void code.place(message);
      case "content":
        return code.content(message);
      case "constant":
        constants.set(message.number, inSharedMemory(message.bytes));
        for (const inbox of inboxes.values()) inbox.deliver();
        return;
      case "forget":
        constants.delete(message.number);
        return;
      case "close":
        return close();
      default:
        message satisfies never;
    }
  }

  function open(number: number, { isProcess, heapBytesMax }: OpenHost): void {
    let sent = Promise.resolve();
    const on = {
      onMessage: (bytes: Uint8Array) => (sent = sender.send(number, bytes)),
      onGone(why: string, begun: readonly number[] | undefined, isStillborn: boolean) {
        hosts.delete(number);
        inboxes.set(number, CLOSED);
        // In another channel it could overtake the ends of the last calls.
        void sent.then(() => tell({ type: "gone", host: number, why, begun, isStillborn }));
      },
    };
    const host = openAgentHost(on, { isProcess, heapBytesMax });
    hosts.set(number, host);
    inboxes.set(number, createInbox(constants, host.send));
  }

  function close(): void {
    code.close();
    process.exit(0);
  }

  readFrames(reading, "", (channel, bytes) => {
    if (channel === CONTROL) return receive(decodeControl(bytes) as ToAgent);
    const inbox = inboxes.get(channel);
    if (inbox === undefined) open(channel, decode(bytes) as OpenHost);
    else inbox.add(unpackHostMessage(bytes));
  });
  reading.on("close", close);
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.on(signal, close);
}

function inSharedMemory(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}
