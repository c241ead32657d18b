import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { encodeText } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import { YonderError } from "../../interface/errors.ts";
import {
  type AgentFacts,
  CONTROL,
  decodeControl,
  encodeControl,
  type FromAgent,
  type OpenHost,
  type ToAgent,
  WIRE_VERSION,
} from "../../wire/agent.ts";
import { decode, encode } from "../../wire/codec.ts";
import { frameSender, readFrames } from "../../wire/frames.ts";
import { type Connection as SshConnection, useProcess } from "../ssh/connection.ts";
import type { Connection, ConnectionEvents } from "../thread/connection.ts";
import type { FromHost } from "../thread/protocol.ts";
import { bringAgent, hostName } from "./bring.ts";
import { createConstants } from "./constants.ts";
import { remoteHost } from "./remote-host.ts";
import { createShipping } from "./shipping.ts";

/** Another machine, with an agent that runs there. */
export interface Machine {
  /** As people write it: `user@host`. */
  readonly name: string;
  readonly facts: AgentFacts;
  /** How long a message there and one back take, in milliseconds. */
  readonly roundTripMs: number;
  /** Makes a thread or process there. */
  open(events: ConnectionEvents, how: { isProcess: boolean; heapBytesMax?: number | undefined }): Connection;
  /** The connection is gone: everything that ran there is told so. */
  lost(reason: string): void;
  close(): Promise<void>;
}

export interface MachineOptions {
  readonly connection: SshConnection;
  /** May a node be sent there, where there is none that is new enough? */
  readonly bringNode: boolean;
  /** Files and directories here that modules read beside themselves. */
  readonly files: readonly string[];
  /** What is written there by no task that is known. */
  onOutput(text: string): void;
  /** The agent has ended, and nobody has asked it to. Before what ran there is told so. */
  onEnd(reason: string): void;
}

/** How long an agent may take to start. */
const HELLO_MS = 30_000;
/** How long an agent is given to end by itself. */
const CLOSE_MS = 2000;

/**
 * Brings the agent to a host, and starts it.
 *
 * @throws YonderError HOST
 */
export async function openMachine(options: MachineOptions): Promise<Machine> {
  const { connection } = options;
  const name = hostName(connection);
  const child = startAgent(connection, await bringAgent(connection, options.bringNode));
  let hello = Promise.withResolvers<AgentFacts>();
  const ended = Promise.withResolvers<void>();
  const hosts = new Map<number, { readonly events: ConnectionEvents; returned(id: number): void }>();
  const sender = frameSender(child.process.stdin!);
  const shipping = createShipping({ tell, host: name, files: options.files });
  const constants = createConstants(tell);
  let lastHost = 0;
  let inUse = 0;
  let isOver = false;
  let lastWords = "";

  function tell(message: ToAgent): Promise<void> {
    return sender.send(CONTROL, encodeControl(message));
  }

  function receive(message: FromAgent): void {
    switch (message.type) {
      case "hello":
        return hello.resolve(message);
      case "gone": {
        const host = hosts.get(message.host);
        hosts.delete(message.host);
        return host?.events.onExit(message.why, message.begun && new Set(message.begun), message.isStillborn);
      }
      case "returned":
        return hosts.get(message.host)?.returned(message.id);
      case "missing":
        return shipping.missing(message.id, message.hashes);
      case "placed":
        return shipping.placed(message.id, message.error);
      default:
        message satisfies never;
    }
  }

  function end(reason: string): void {
    if (isOver) return;
    isOver = true;
    hello.reject(new YonderError("HOST", { message: `${name}: ${reason}` }));
    shipping.end(reason);
    for (const { events } of [...hosts.values()]) events.onExit(`${name} is lost: ${reason}`);
    hosts.clear();
  }

  function greet(): Promise<AgentFacts> {
    hello = Promise.withResolvers();
    void tell({ type: "hello", version: WIRE_VERSION });
    return hello.promise;
  }

  /** While one of its hosts is in use the program stays alive for it. */
  function use(isUsed: boolean): void {
    const before = inUse;
    inUse += isUsed ? 1 : -1;
    if (before > 0 === inUse > 0) return;
    useProcess(child.process, isUsed);
    connection.use(isUsed);
  }

  child.process.stdin!.write("\n");
  readFrames(child.process.stdout!, child.magic, (channel, bytes) => {
    if (channel === CONTROL) receive(decodeControl(bytes) as FromAgent);
    else hosts.get(channel)?.events.onMessage(decode(bytes) as FromHost);
  });
  child.process.stderr!.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-2000);
    options.onOutput(text);
  });
  child.process.on("error", (error) => end(error.message));
  child.process.on("close", (code) => {
    ended.resolve();
    if (isOver) return;
    const reason =
      code === 255 ? "the connection has ended" : lastLine(lastWords) || `its agent ended with ${code}`;
    options.onEnd(reason);
    end(reason);
  });
  const tooLate = setTimeout(() => end(`its agent has not answered within ${HELLO_MS / 1000} s`), HELLO_MS);
  const facts = await greet().finally(() => clearTimeout(tooLate));
  if (facts.version !== WIRE_VERSION) throw otherVersion(name, facts.version);
  const beginMs = performance.now();
  await greet();
  const roundTripMs = performance.now() - beginMs;
  useProcess(child.process, false);
  connection.use(false);

  return {
    name,
    facts,
    roundTripMs,
    open(events, { isProcess, heapBytesMax }) {
      const number = ++lastHost;
      if (isOver) queueMicrotask(() => events.onExit(`${name} is lost`));
      void sender.send(number, encode({ isProcess, heapBytesMax } satisfies OpenHost));
      const host = remoteHost({
        number,
        machine: { name, root: facts.root },
        tell,
        send: (bytes) => sender.send(number, bytes),
        shipping,
        constants,
        events,
        use,
      });
      hosts.set(number, host);
      return host.connection;
    },
    lost: end,
    async close() {
      useProcess(child.process, true);
      if (!isOver) void tell({ type: "close" });
      isOver = true;
      const impatient = setTimeout(() => child.process.kill(), CLOSE_MS);
      await ended.promise;
      clearTimeout(impatient);
    },
  };
}

/**
 * The agent's frames have descriptors of their own. At the end of the connection its process group is ended with what else is
 * ours there.
 */
function startAgent(
  connection: SshConnection,
  { node, agent }: { readonly node: string; readonly agent: string },
): { readonly process: ChildProcess; readonly magic: string } {
  const magic = `yonder-${randomBytes(12).toString("hex")}`;
  const words = [node, agent, "3", "4", magic].map((word) => quoteWord(encodeText(word))).join(" ");
  const group = quoteWord(connection.control.directory);
  const script = `: >${group}/p.$$; exec ${words} 3<&0 4>&1 </dev/null 1>&2`;
  return { process: connection.open(`exec sh -c ${quoteWord(script)}`, ["pipe", "pipe", "pipe"]), magic };
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)!;
}

function otherVersion(host: string, version: number): YonderError {
  return new YonderError("HOST", {
    message: `${host}: its agent speaks version ${version} of the protocol, and this yonder version ${WIRE_VERSION}`,
    remedy: "bring both to the same version of yonder",
  });
}
