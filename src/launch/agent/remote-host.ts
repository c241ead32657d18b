import { packHostMessage, type ToAgent } from "../../wire/agent.ts";
import { encode } from "../../wire/codec.ts";
import { pack } from "../../wire/values/pack.ts";
import type { Connection, ConnectionEvents } from "../thread/connection.ts";
import { type FromHost, type FunctionSpec, idsOfCalls, type ToHost } from "../thread/protocol.ts";
import type { Constants } from "./constants.ts";
import { translateErrors } from "./errors.ts";
import type { Shipping } from "./shipping.ts";

export interface RemoteHostOptions {
  /** Of its channel. */
  readonly number: number;
  readonly machine: { readonly name: string; readonly root: string };
  tell(message: ToAgent): void;
  send(bytes: Uint8Array): Promise<void>;
  readonly shipping: Shipping;
  readonly constants: Constants;
  readonly events: ConnectionEvents;
  /** Of its machine: each `true` has a `false`. */
  use(isUsed: boolean): void;
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
  /** Messages go in their order, and behind the modules that they need. */
  let ready: Promise<void> | undefined;
  let isInUse = false;

  function post(message: ToHost): void {
    if (message.type === "define") return define(message);
    const { bytes, constants: numbers } = packed(message);
    const { promise, resolve } = Promise.withResolvers<void>();
    if (numbers.size > 0) constants.named(numbers, promise);
    const send = (): void => void options.send(bytes).then(resolve);
    if (ready === undefined) send();
    else inTurn(async () => send());
  }

  /** @throws for what cannot be sent */
  function packed(message: ToHost): { bytes: Uint8Array; constants: ReadonlySet<number> } {
    const numbers = new Set<number>();
    const constant = (buffer: SharedArrayBuffer): number | undefined => {
      const known = constants.numberOf(buffer);
      if (known !== undefined) numbers.add(known);
      return known;
    };
    const body = encode(message, { constant });
    const calls = message.type === "calls" ? idsOfCalls(message) : [];
    return { bytes: packHostMessage({ calls, constants: [...numbers], body }), constants: numbers };
  }

  function define({ id, spec }: ToHost & { readonly type: "define" }): void {
    inTurn(async () => {
      const there = await shipping
        .ship(spec, machine.root)
        .catch((error: unknown): FunctionSpec => ({ type: "fails", error: pack(error) }));
      void options.send(packed({ type: "define", id, spec: there }).bytes);
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
      use(isUsed) {
        if (isUsed !== isInUse) options.use((isInUse = isUsed));
      },
      async kill() {
        tell({ type: "kill", host: number });
        // Its end is waited for, also by a program that has nothing else to do.
        options.use(true);
        await gone.promise;
        options.use(false);
      },
      takeBack: (call) => tell({ type: "takeBack", host: number, id: call }),
      pid: undefined,
    },
    events: {
      ...events,
      onMessage: (message: FromHost) => events.onMessage(translateErrors(message, machine)),
      onExit(why, begun, isStillborn) {
        gone.resolve();
        if (isInUse) options.use((isInUse = false));
        events.onExit(why, begun, isStillborn);
      },
    },
    returned: (id) => events.onReturned?.(id),
  };
}
