import { CLAIMS, claimBack, createClaims, openClaim } from "./claims.ts";
import { type Connection, openProcess, openThread } from "./connection.ts";
import {
  CALL_FIELDS,
  type CallEnd,
  END_FIELDS,
  endOf,
  type FromHost,
  type FunctionSpec,
  pushCall,
} from "./protocol.ts";
import type { WireError } from "./wire-error.ts";

/** One execution of a function, complete. */
export interface CallAttempt {
  /** Unique in this launcher's life; fences every message about the attempt. */
  readonly id: number;
  /** The host that runs it, and the slot in it; hosts are made when they are first named. */
  readonly host: HostName;
  readonly slot: number;
  readonly fn: LaunchedFunction;
  readonly args: readonly unknown[];
  readonly task: number;
  readonly attempt: number;
}

/** Made once for each function; hosts are told of it when they first need it. */
export interface LaunchedFunction {
  readonly id: number;
  readonly spec: FunctionSpec;
}

export type HostName = `thread ${number}` | `process ${number}`;

/** What a launcher tells its owner; never from within a call of `start`. */
export interface CallEvents {
  onEnds(ends: readonly CallEnd[]): void;
  onItems(id: number, items: readonly unknown[]): void;
  /** `id` is 0 for what no call has written. */
  onOutput(id: number, stream: 1 | 2, text: string): void;
  onStray(error: WireError): void;
  /** A host is gone: these attempts were running in it, and these had not begun. */
  onLost(running: readonly number[], waiting: readonly number[], why: string): void;
  /** An attempt cannot be sent, so it has not begun. */
  onUnsendable(id: number, error: unknown): void;
}

/**
 * Runs functions in worker threads and child processes.
 *
 * Promises: each attempt that was started ends in exactly one of an end, `onLost`, `onUnsendable` and a `revoke` that said
 * true. A slot runs one attempt at a time, in the order in which they were given.
 */
export interface CallLauncher {
  start(attempt: CallAttempt): void;
  /** Takes back an attempt that has not begun to run; false where it has. */
  revoke(id: number): boolean;
  /** Asks an attempt to stop: its AbortSignal fires. Its end is still reported. */
  abort(id: number, reason: string): void;
  /** Ends the host that runs the attempt, whatever else runs in it. */
  kill(id: number): void;
  credit(id: number, items: number): void;
  /** Ends all hosts; resolves when they are gone. Safe to repeat. */
  close(): Promise<void>;
}

export interface CallLauncherOptions {
  /** The most that the objects of a thread may take; node's own limit where it is missing. */
  readonly heapBytesMax?: number;
}

interface DriverHost {
  readonly connection: Connection;
  readonly claims: Int32Array;
  readonly known: Set<number>;
  /** Attempts under way in it, oldest first, each with its count among all that were sent. */
  readonly attempts: Map<number, number>;
  /** Calls that are to be sent at the end of this turn. */
  outbox: unknown[];
  sent: number;
  inUse: boolean;
}

export function callLauncher(events: CallEvents, options: CallLauncherOptions = {}): CallLauncher {
  const hosts = new Map<HostName, DriverHost>();
  const hostOf = new Map<number, DriverHost>();
  const closing: Promise<void>[] = [];
  let touched: DriverHost[] = [];

  function open(name: HostName): DriverHost {
    const claims = createClaims();
    const on = {
      onMessage: (message: FromHost) => receive(host, message),
      onExit: (why: string) => lost(name, host, why),
    };
    const connection = name.startsWith("thread") ? openThread(on, { claims, ...options }) : openProcess(on);
    const host: DriverHost = {
      connection,
      claims,
      known: new Set(),
      attempts: new Map(),
      outbox: [],
      sent: 0,
      inUse: false,
    };
    hosts.set(name, host);
    return host;
  }

  function receive(host: DriverHost, message: FromHost): void {
    switch (message.type) {
      case "ends": {
        const ends: CallEnd[] = [];
        for (let at = 0; at < message.flat.length; at += END_FIELDS) {
          const end = endOf(message.flat, at);
          forget(host, end.id);
          ends.push(end);
        }
        events.onEnds(ends);
        keepAlive(host);
        return;
      }
      case "items":
        return events.onItems(message.id, message.items);
      case "output":
        return events.onOutput(message.id, message.stream, message.text);
      case "stray":
        return events.onStray(message.error);
      default:
        message satisfies never;
    }
  }

  function forget(host: DriverHost, id: number): void {
    host.attempts.delete(id);
    hostOf.delete(id);
  }

  function keepAlive(host: DriverHost): void {
    const inUse = host.attempts.size > 0;
    if (inUse !== host.inUse) host.connection.use((host.inUse = inUse));
  }

  function lost(name: HostName, host: DriverHost, why: string): void {
    if (hosts.get(name) === host) hosts.delete(name);
    const running: number[] = [];
    const waiting: number[] = [];
    // A process shares no memory with us, and is sent nothing ahead.
    const isShared = host.connection.pid === undefined;
    for (const [id, count] of host.attempts) {
      (isShared && claimBack(host.claims, count) ? waiting : running).push(id);
    }
    for (const id of host.attempts.keys()) hostOf.delete(id);
    host.attempts.clear();
    if (running.length + waiting.length > 0) events.onLost(running, waiting, why);
  }

  function flush(): void {
    const hostsToTell = touched;
    touched = [];
    for (const host of hostsToTell) {
      const flat = host.outbox;
      host.outbox = [];
      try {
        host.connection.post({ type: "calls", flat });
      } catch {
        oneByOne(host, flat);
      }
      keepAlive(host);
    }
  }

  /** One of them cannot be sent: find out which. Its word among the claims stays unused: the host counts what it gets. */
  function oneByOne(host: DriverHost, flat: readonly unknown[]): void {
    host.sent -= flat.length / CALL_FIELDS;
    for (let at = 0; at < flat.length; at += CALL_FIELDS) {
      const id = flat[at] as number;
      if (!host.attempts.has(id)) continue; // taken back meanwhile
      openClaim(host.claims, host.sent);
      try {
        host.connection.post({ type: "calls", flat: flat.slice(at, at + CALL_FIELDS) });
        host.attempts.set(id, host.sent++);
      } catch (error) {
        forget(host, id);
        queueMicrotask(() => events.onUnsendable(id, error));
      }
    }
  }

  return {
    start({ host: name, fn, ...call }) {
      const host = hosts.get(name) ?? open(name);
      if (host.attempts.size >= CLAIMS) throw new Error(`${name} has more than ${CLAIMS} calls`);
      if (!host.known.has(fn.id)) {
        host.known.add(fn.id);
        host.connection.post({ type: "define", id: fn.id, spec: fn.spec });
      }
      openClaim(host.claims, host.sent);
      host.attempts.set(call.id, host.sent++);
      hostOf.set(call.id, host);
      pushCall(host.outbox, { ...call, fn: fn.id });
      if (host.outbox.length > CALL_FIELDS) return;
      touched.push(host);
      if (touched.length === 1) queueMicrotask(flush);
    },
    revoke(id) {
      const host = hostOf.get(id);
      const count = host?.attempts.get(id);
      // A process shares no memory with us: what it was sent, it runs.
      if (host === undefined || count === undefined || host.connection.pid !== undefined) return false;
      if (!claimBack(host.claims, count)) return false;
      forget(host, id);
      return true;
    },
    abort: (id, reason) => hostOf.get(id)?.connection.post({ type: "abort", id, reason }),
    kill: (id) => void hostOf.get(id)?.connection.kill(),
    credit: (id, items) => hostOf.get(id)?.connection.post({ type: "credit", id, items }),
    async close() {
      for (const host of hosts.values()) closing.push(host.connection.kill());
      await Promise.all(closing);
    },
  };
}
