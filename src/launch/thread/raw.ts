import { decode, encode } from "../../wire/codec.ts";
import type { Connection, ConnectionEvents } from "./connection.ts";
import type { FromHost, ToHost } from "./protocol.ts";

/** A message to a host as bytes, of encode(): for a process, and by way of an agent, which hands them on unread. */
export interface ToRawHost {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Memory that the body names by a number. Default: none. */
  readonly constants?: ReadonlyMap<number, ArrayBufferLike>;
}

export interface FromRawHost {
  readonly yonder: Uint8Array<ArrayBuffer>;
}

/** A host that takes messages as bytes, for whoever has them as values. */
export function throughCodec(
  open: (events: ConnectionEvents<Partial<FromRawHost> | null>) => Connection<ToRawHost>,
  events: ConnectionEvents,
): Connection {
  const raw = open({
    ...events,
    onMessage(message) {
      // A function may send messages of its own.
      const bytes = message?.yonder;
      if (bytes !== undefined) events.onMessage(decode(bytes) as FromHost);
    },
  });
  return {
    ...raw,
    post: (message: ToHost) => raw.post({ body: encode(message) }),
  };
}
