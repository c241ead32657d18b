import type { HostMessage } from "../wire/agent.ts";
import type { AgentHost } from "./hosts.ts";

/** Messages for a host, in their order. One may come before memory that it names, which is large and has another channel. */
export interface Inbox {
  add(message: HostMessage): void;
  /** Hands on what has all that it names. */
  deliver(): void;
}

/** Of a host that is gone. */
export const CLOSED: Inbox = { add() {}, deliver() {} };

export function createInbox(constants: ReadonlyMap<number, ArrayBufferLike>, send: AgentHost["send"]): Inbox {
  const waiting: HostMessage[] = [];
  const deliver = (): void => {
    for (
      let first = waiting[0];
      first?.constants.every((number) => constants.has(number));
      first = waiting[0]
    ) {
      waiting.shift();
      send(first, new Map(first.constants.map((number) => [number, constants.get(number)!])));
    }
  };
  return {
    add(message) {
      waiting.push(message);
      deliver();
    },
    deliver,
  };
}
