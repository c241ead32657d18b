import { packHostMessage, type ToAgent } from "../../wire/agent.ts";
import { encode } from "../../wire/codec.ts";
import type { Connection, ConnectionEvents } from "../thread/connection.ts";
import { type FromHost, type FunctionSpec, type ToHost, unpackCalls } from "../thread/protocol.ts";
import { toWire } from "../thread/wire-error.ts";
import type { Constants } from "./constants.ts";
import { translateErrors } from "./errors.ts";
import type { Shipping } from "./shipping.ts";

export interface RemoteHostOptions {
  /** Of its channel. */
  readonly number: number;
  readonly machine: { readonly name: string; readonly root: string };
  tell(message: ToAgent): void;
  send(bytes: Uint8Array): void;
  readonly shipping: Shipping;
  readonly constants: Constants;
  readonly events: ConnectionEvents;
}

export interface RemoteHost {
  readonly connection: Connection;
  /** With errors that name files as they are named here. */
  readonly events: ConnectionEvents;
  /** A call was taken back. */
  returned(id: number): void;
}

/** A thread or process on another machine, as its launcher sees it. */
export function remoteHost(options: RemoteHostOptions): RemoteHost {
  const { number, machine, tell, shipping, constants, events } = options;
  const gone = Promise.withResolvers<void>();
  const functions = new Map<number, FunctionSpec>();
  /** Messages go in their order, and behind the modules that they need. */
  let ready: Promise<void> | undefined;

  function post(message: ToHost): void {
    if (message.type === "define") return define(message);
    const bytes = packed(message);
    if (ready === undefined) options.send(bytes);
    else inTurn(async () => options.send(bytes));
  }

  /** @throws for what cannot be sent */
  function packed(message: ToHost): Uint8Array {
    const numbers = new Set<number>();
    const constant = (buffer: SharedArrayBuffer): number | undefined => {
      const known = constants.numberOf(buffer);
      if (known !== undefined) numbers.add(known);
      return known;
    };
    const body = encode(message, { constant });
    const calls = message.type === "calls" ? unpackCalls({ ...message, args: [] }).map(({ id }) => id) : [];
    return packHostMessage({ calls, constants: [...numbers], body });
  }

  function define({ id, spec }: ToHost & { readonly type: "define" }): void {
    functions.set(id, spec);
    inTurn(async () => {
      const there = await shipping
        .ship(spec, machine.root)
        .catch((error: unknown): FunctionSpec => ({ type: "fails", error: toWire(error) }));
      options.send(packed({ type: "define", id, spec: there }));
    });
  }

  function inTurn(act: () => Promise<void>): void {
    const turn = (ready ?? Promise.resolve()).then(act);
    ready = turn;
    void turn.then(() => {
      if (ready === turn) ready = undefined;
    });
  }

  return {
    connection: {
      post,
      // The machine keeps the program alive: see machine.ts.
      use() {},
      async kill() {
        tell({ type: "kill", host: number });
        await gone.promise;
      },
      takeBack: (call) => tell({ type: "takeBack", host: number, id: call }),
      pid: undefined,
    },
    events: {
      ...events,
      onMessage: (message: FromHost) => events.onMessage(translateErrors(message, machine)),
      onExit(why) {
        gone.resolve();
        events.onExit(why);
      },
    },
    returned: (id) => events.onReturned?.(id),
  };
}
