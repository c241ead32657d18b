import { CLAIMS, claimBack, createClaims, openClaim } from "../launch/thread/claims.ts";
import { type Connection, openProcess, openThread } from "../launch/thread/connection.ts";
import type { FromRawHost, ToRawHost } from "../launch/thread/raw.ts";
import type { HostMessage } from "../wire/agent.ts";
import { createBacklog, giveRoom } from "./backlog.ts";

/** What a thread of an agent is given at its start. */
export interface HostData {
  readonly claims: Int32Array;
  readonly backlog: Int32Array;
}

export interface HostEvents {
  /** @returns resolves when the message is on its way to the driver */
  onMessage(message: Uint8Array): Promise<void>;
  /** @param begun all calls of late that have begun; undefined where nobody knows */
  onGone(why: string, begun: readonly number[] | undefined, isStillborn: boolean): void;
}

/** A thread or process of this agent. */
export interface AgentHost {
  send(message: HostMessage, constants: ReadonlyMap<number, ArrayBufferLike>): void;
  /** Whether the call had not begun, and will not. */
  takeBack(call: number): boolean;
  kill(): Promise<void>;
}

export function openAgentHost(
  events: HostEvents,
  options: { readonly isProcess: boolean; readonly heapBytesMax?: number | undefined },
): AgentHost {
  const claims = createClaims();
  const backlog = createBacklog();
  /** Of the latest calls: which of all that were sent there. A claim's word is used again after so many. */
  const counts = new Map<number, number>();
  let sent = 0;
  const on = {
    // A function may send messages of its own.
    onMessage(message: Partial<FromRawHost> | null | undefined) {
      const bytes = message?.yonder;
      if (bytes === undefined) return;
      const { length } = bytes;
      void events.onMessage(bytes).then(() => giveRoom(backlog, options.isProcess ? 0 : length));
    },
    onExit: (why: string, _?: ReadonlySet<number>, isStillborn = false) =>
      events.onGone(why, options.isProcess ? undefined : begun(), isStillborn),
  };
  const { isProcess, heapBytesMax } = options;
  const connection: Connection<ToRawHost> = isProcess
    ? openProcess<ToRawHost, FromRawHost>(on)
    : openThread<ToRawHost, FromRawHost>(on, {
        claims,
        data: { backlog },
        ...(heapBytesMax !== undefined && { heapBytesMax }),
      });
  connection.use(true);

  return {
    send({ calls, body }, constants) {
      for (const call of calls) {
        openClaim(claims, sent);
        counts.set(call, sent++);
      }
      if (counts.size > 2 * CLAIMS) forgetOld();
      connection.post({ body, constants }, [body.buffer]);
    },
    takeBack(call) {
      const count = counts.get(call);
      // What a process was sent, it runs.
      return !isProcess && count !== undefined && claimBack(claims, count);
    },
    kill: () => connection.kill(),
  };

  function begun(): number[] {
    forgetOld();
    return [...counts].flatMap(([call, count]) => (claimBack(claims, count) ? [] : [call]));
  }

  function forgetOld(): void {
    for (const [call, count] of counts) if (count < sent - CLAIMS) counts.delete(call);
  }
}
