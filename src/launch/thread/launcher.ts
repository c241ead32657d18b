import { completeParts, unpack } from "../../wire/values/pack.ts";
import { createBirths } from "./births.ts";
import { CLAIMS, claimBack, createClaims, openClaim } from "./claims.ts";
import { type Connection, type ConnectionEvents, openProcess, openThread } from "./connection.ts";
import { type HostName, machineOf } from "./host-name.ts";
import {
  type CallEnd,
  FAILS,
  type FromHost,
  type FunctionSpec,
  type HostCall,
  packCalls,
  unpackEnds,
} from "./protocol.ts";
import { throughCodec } from "./raw.ts";

/** One execution of a function, complete. */
export interface CallAttempt<Owner> {
  /** Unique in this launcher's life; fences every message about the attempt. */
  readonly id: number;
  /** Whose attempt it is: what the launcher's owner knows it by. */
  readonly owner: Owner;
  /** The host that runs it: hosts are made when they are first named. */
  readonly host: HostName;
  /** The slot in the host. */
  readonly slot: number;
  readonly fn: LaunchedFunction;
  readonly args: readonly unknown[];
  readonly task: number;
  readonly attempt: number;
  /** The launcher's own: which of all calls that were sent to the host. */
  count: number;
}

/** Made once for each function; hosts are told of it when they first need it. */
export interface LaunchedFunction {
  readonly id: number;
  readonly spec: FunctionSpec;
}

/** What a launcher tells its owner; never from within a call of `start`. */
export interface CallEvents<Owner> {
  onEnds(ends: readonly { readonly attempt: CallAttempt<Owner>; readonly end: CallEnd }[]): void;
  onItems(attempt: CallAttempt<Owner>, items: readonly unknown[]): void;
  /** Undefined for what no attempt that is under way has written. */
  onOutput(attempt: CallAttempt<Owner> | undefined, stream: 1 | 2, text: string): void;
  onStray(error: Error): void;
  /** A host is gone: these attempts were running in it, and these had not begun. Of others, nobody knows. */
  onLost(
    running: readonly CallAttempt<Owner>[],
    waiting: readonly CallAttempt<Owner>[],
    why: string,
    unknown: readonly CallAttempt<Owner>[],
  ): void;
  /** An attempt that `revoke` has asked for had not begun: it is back. */
  onReturned?(attempt: CallAttempt<Owner>): void;
  /** A host has ended, after `onLost` for what was under way in it. `error`: it has never come up. */
  onGone?(host: HostName, why: string, error: Error | undefined): void;
  /** An attempt cannot be sent. What is returned is its end, told when its turn comes; nothing: it is no attempt any more. */
  onUnsendable(attempt: CallAttempt<Owner>, error: unknown): Error | undefined;
}

/**
 * Runs functions in worker threads and child processes, here and on other machines.
 *
 * Promises: each attempt that was started ends in exactly one of an end, `onLost`, `onReturned`, `onUnsendable` and a `revoke`
 * that said true. A slot runs one attempt at a time, in the order in which they were given.
 */
export interface CallLauncher<Owner> {
  start(attempt: CallAttempt<Owner>): void;
  /**
   * Takes back an attempt that has not begun to run; false where it has. On another machine nobody knows at once: false there,
   * and `onReturned` follows where it had not begun.
   */
  revoke(attempt: CallAttempt<Owner>): boolean;
  /** Asks an attempt to stop: its AbortSignal fires. Its end is still reported. */
  abort(attempt: CallAttempt<Owner>, reason: string): void;
  /** Ends the host that runs the attempt, whatever else runs in it. */
  kill(attempt: CallAttempt<Owner>): void;
  /** The reader of a generator has room for so many more items. */
  credit(attempt: CallAttempt<Owner>, items: number): void;
  /** How many more attempts a host takes now. */
  room(host: HostName): number;
  /** Ends a host with all that runs in it; resolves when it is gone. */
  end(host: HostName): Promise<void>;
  /** The process that an attempt has for itself; undefined where it runs in a thread. */
  pidOf(attempt: CallAttempt<Owner>): number | undefined;
  /** Ends all hosts; resolves when they are gone. Safe to repeat. */
  close(): Promise<void>;
}

export interface CallLauncherOptions {
  /** The most that the objects of a thread may take; node's own limit where it is missing. */
  readonly heapBytesMax?: number;
  /** Makes a host on another machine. */
  openRemote?(name: HostName, events: ConnectionEvents): Connection;
}

interface DriverHost<Owner> {
  readonly name: HostName;
  readonly connection: Connection;
  readonly claims: Int32Array;
  readonly known: Set<number>;
  /** Attempts under way in it, oldest first. */
  readonly attempts: Map<number, CallAttempt<Owner>>;
  /** Attempts that are to be sent at the end of this turn. */
  outbox: CallAttempt<Owner>[];
  sent: number;
  inUse: boolean;
}

export function callLauncher<Owner>(
  events: CallEvents<Owner>,
  options: CallLauncherOptions = {},
): CallLauncher<Owner> {
  type Host = DriverHost<Owner>;
  const hosts = new Map<HostName, Host>();
  const closing: Promise<void>[] = [];
  const births = createBirths();
  let touched: Host[] = [];

  function open(name: HostName): Host {
    const claims = createClaims();
    const on = {
      // A function may send messages of its own, for example to whoever else can run it.
      onMessage: (message: FromHost | null | undefined) => message && receive(host, message),
      onExit: (why: string, begun?: ReadonlySet<number>, isStillborn = false) =>
        isStillborn ? stillborn(host, why) : lost(host, why, begun),
      onReturned: (call: number) => returned(host, call),
    };
    const connection = connect(name, on, claims);
    const host: Host = {
      name,
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

  function connect(name: HostName, on: ConnectionEvents, claims: Int32Array): Connection {
    if (machineOf(name) > 0) return options.openRemote!(name, on);
    const { heapBytesMax } = options;
    if (name < 0) return throughCodec(openProcess, on);
    return openThread(on, { claims, ...(heapBytesMax !== undefined && { heapBytesMax }) });
  }

  function returned(host: Host, call: number): void {
    const attempt = host.attempts.get(call);
    if (attempt === undefined) return;
    host.attempts.delete(call);
    events.onReturned!(attempt);
    keepAlive(host);
  }

  function receive(host: Host, message: FromHost): void {
    switch (message.type) {
      case "up":
        return births.cameUp(host.name);
      case "ends": {
        const ends: { attempt: CallAttempt<Owner>; end: CallEnd }[] = [];
        for (const end of unpackEnds(message)) {
          const attempt = host.attempts.get(end.id);
          if (attempt === undefined) continue;
          host.attempts.delete(end.id);
          ends.push({ attempt, end });
        }
        events.onEnds(ends);
        keepAlive(host);
        return;
      }
      case "items": {
        const attempt = host.attempts.get(message.id);
        completeParts(message.parts);
        if (attempt !== undefined) events.onItems(attempt, message.items);
        return;
      }
      case "output":
        return events.onOutput(host.attempts.get(message.id), message.stream, message.text);
      case "stray":
        return events.onStray(unpack(message.error) as Error);
      default:
        message satisfies never;
    }
  }

  function keepAlive(host: Host): void {
    const inUse = host.attempts.size > 0;
    if (inUse !== host.inUse) host.connection.use((host.inUse = inUse));
  }

  function lost(host: Host, why: string, begun: ReadonlySet<number> | undefined, error?: Error): void {
    if (hosts.get(host.name) === host) hosts.delete(host.name);
    const running: CallAttempt<Owner>[] = [];
    const waiting: CallAttempt<Owner>[] = [];
    const unknown: CallAttempt<Owner>[] = [];
    const slots = new Set<number>();
    for (const attempt of host.attempts.values()) {
      const isFirst = !slots.has(attempt.slot);
      slots.add(attempt.slot);
      const hasBegun = isShared(host) ? !claimBack(host.claims, attempt.count) : begun?.has(attempt.id);
      if (hasBegun === false) waiting.push(attempt);
      else if (hasBegun || isFirst) running.push(attempt);
      else unknown.push(attempt);
    }
    host.attempts.clear();
    host.outbox = [];
    if (slots.size > 0) events.onLost(running, waiting, why, unknown);
    events.onGone?.(host.name, why, error);
  }

  /** A second try is made; then what waits for it fails with the reason, and so does what comes within the next second. */
  function stillborn(host: Host, why: string): void {
    const error = births.failed(host.name, why);
    if (births.failureOf(host.name) !== undefined) {
      const attempts = [...host.attempts.values()];
      host.attempts.clear();
      failAll(attempts, error);
    }
    lost(host, why, NONE, error);
  }

  function failAll(attempts: readonly CallAttempt<Owner>[], error: Error): void {
    const nowMs = Date.now();
    const ends = attempts.map((attempt) => ({
      attempt,
      end: { id: attempt.id, ok: false, value: error, startMs: nowMs, endMs: nowMs },
    }));
    if (ends.length > 0) events.onEnds(ends);
  }

  function flush(): void {
    const hostsToTell = touched;
    touched = [];
    for (const host of hostsToTell) {
      const calls = host.outbox;
      host.outbox = [];
      for (let sent = sendSome(host, calls); calls.length > sent; sent = sendSome(host, calls))
        calls.splice(0, sent);
      keepAlive(host);
    }
  }

  /** Sends the first of them, as many as one message can hold; gives their number. */
  function sendSome(host: Host, attempts: readonly CallAttempt<Owner>[]): number {
    try {
      return post(host, attempts.map(callOf));
    } catch {
      oneByOne(host, attempts);
      return attempts.length;
    }
  }

  /** @throws for what cannot be sent: then nothing was */
  function post(host: Host, calls: readonly HostCall[]): number {
    const { batch, transfer, count } = packCalls(calls);
    host.connection.post({ type: "calls", ...batch }, transfer);
    return count;
  }

  /** One of them cannot be sent: find out which. The host counts only what it gets. */
  function oneByOne(host: Host, attempts: readonly CallAttempt<Owner>[]): void {
    host.sent -= attempts.length;
    for (const attempt of attempts) {
      if (!host.attempts.has(attempt.id)) continue; // taken back meanwhile
      openClaim(host.claims, host.sent);
      try {
        post(host, [callOf(attempt)]);
      } catch (error) {
        const end = events.onUnsendable(attempt, error);
        if (end === undefined) {
          host.attempts.delete(attempt.id);
          continue;
        }
        post(host, [{ ...callOf(attempt), fn: FAILS, args: [end] }]);
      }
      attempt.count = host.sent++;
    }
  }

  return {
    start(attempt) {
      const { host: name, fn } = attempt;
      const failure = hosts.has(name) ? undefined : births.failureOf(name);
      if (failure !== undefined) return queueMicrotask(() => failAll([attempt], failure));
      const host = hosts.get(name) ?? open(name);
      if (host.attempts.size >= CLAIMS) throw new Error(`host ${name} has more than ${CLAIMS} calls`);
      if (!host.known.has(fn.id)) {
        host.known.add(fn.id);
        host.connection.post({ type: "define", id: fn.id, spec: fn.spec });
      }
      openClaim(host.claims, host.sent);
      attempt.count = host.sent++;
      host.attempts.set(attempt.id, attempt);
      host.outbox.push(attempt);
      if (host.outbox.length > 1) return;
      touched.push(host);
      if (touched.length === 1) queueMicrotask(flush);
    },
    revoke(attempt) {
      const host = hosts.get(attempt.host);
      if (!host?.attempts.has(attempt.id)) return false;
      if (!isShared(host)) {
        host.connection.takeBack?.(attempt.id);
        return false;
      }
      if (!claimBack(host.claims, attempt.count)) return false;
      host.attempts.delete(attempt.id);
      return true;
    },
    abort: ({ host, id }, reason) => hosts.get(host)?.connection.post({ type: "abort", id, reason }),
    kill: ({ host }) => void hosts.get(host)?.connection.kill(),
    pidOf: ({ host }) => hosts.get(host)?.connection.pid,
    credit: ({ host, id }, items) => hosts.get(host)?.connection.post({ type: "credit", id, items }),
    room: (host) => CLAIMS - (hosts.get(host)?.attempts.size ?? 0),
    end: async (host) => hosts.get(host)?.connection.kill(),
    async close() {
      for (const host of hosts.values()) closing.push(host.connection.kill());
      await Promise.all(closing);
    },
  };
}

/** What has begun in a host that never came up. */
const NONE: ReadonlySet<number> = new Set();

function callOf({ id, slot, fn, task, attempt, args }: CallAttempt<unknown>): HostCall {
  return { id, slot, fn: fn.id, task, attempt, args };
}

/** A process, and what is on another machine, shares no memory with us. */
function isShared({ name }: DriverHost<unknown>): boolean {
  return name > 0 && machineOf(name) === 0;
}
