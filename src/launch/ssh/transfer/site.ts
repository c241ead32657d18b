import { type ByteString, decodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { Connection } from "../connection.ts";
import { type HostShell, type Request, SessionEnded } from "./host-shell.ts";

/** A host, with what transfers to it and from it share. */
export interface Site {
  readonly connection: Connection;
  readonly shell: HostShell;
  readonly closing: AbortSignal;
}

export interface Told {
  readonly status: number;
  readonly complaint: ByteString;
  readonly output: ByteString;
}

/** So often may a session end under a request that would not have failed otherwise. */
const TRIES_MAX = 3;

/**
 * Runs a request to its answer, anew where its session has ended under it: it must be one that can be run twice.
 *
 * @throws YonderError HOST where the connection has gone, or sessions keep ending
 */
export function ask(site: Site, request: Omit<Request, "onOutput">): Promise<Told> {
  return insist(site, async () => {
    let output = "";
    const onOutput = (bytes: Buffer): void => {
      output += bytes.toString("latin1");
    };
    const answer = await site.shell.run({ ...request, onOutput });
    return { ...answer, output };
  });
}

/** @param act throws `SessionEnded` where it shall be tried again */
export async function insist<T>({ connection, closing }: Site, act: () => Promise<T>): Promise<T> {
  const name = decodeText(connection.login.name);
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof SessionEnded)) throw error;
      if (closing.aborted) throw new YonderError("HOST", { message: `${name}: the transfer was given up` });
      // Tells why, where it is the connection that has ended.
      await connection.control.run(":");
      if (tries === TRIES_MAX) throw new YonderError("HOST", { message: `${name}: sessions keep ending` });
    }
  }
}
