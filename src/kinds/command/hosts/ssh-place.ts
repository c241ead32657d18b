import { setTimeout as sleep } from "node:timers/promises";
import { decodeText } from "../../../bytes/bytes.ts";
import { YonderError } from "../../../interface/errors.ts";
import type { Host } from "../../../options/values.ts";
import type { Place, PlaceState } from "./place.ts";
import { NotChosen, type Reach, type ReachedHost } from "./reached-host.ts";

export interface PlaceEvents {
  /** Its state has changed. Before the attempts of a lost host are told. */
  onChange(place: Place): void;
  /** Once, at a first contact that has failed. */
  onUnreachable(place: Place, error: Error): void;
  onLost(place: Place, reason: string): void;
  onBack(place: Place): void;
}

/** How long to wait before a host that was lost is tried again: twice as long each time. */
const AGAIN_MS_MIN = 1000;
const AGAIN_MS_MAX = 30_000;

/**
 * A host that ssh reaches.
 *
 * @param reach makes its connection and all that goes with it
 */
export function sshPlace(
  number: number,
  host: Host,
  reach: (how: Reach) => Promise<ReachedHost>,
  events: PlaceEvents,
): Place {
  let state: PlaceState = "connecting";
  let reached: ReachedHost | undefined;
  const ending = new AbortController();
  let coming: Promise<void> | undefined;

  function turn(to: PlaceState): void {
    if (state === "left") return;
    state = to;
    events.onChange(place);
  }

  function lost(reason: string): void {
    const gone = reached;
    reached = undefined;
    gone?.stop();
    turn("lost");
    events.onLost(place, reason);
    gone?.launcher.lost(reason);
    if (state === "lost") coming = comeBack();
  }

  /** A connection that is lost before all is ready was never made. */
  async function stand(): Promise<void> {
    let made: ReachedHost | undefined;
    let early: string | undefined;
    const onLost = (reason: string): void => {
      if (made !== undefined && reached === made) lost(reason);
      else early = reason;
    };
    made = await reach({ onLost, signal: ending.signal });
    if (early !== undefined || ending.signal.aborted) {
      made.stop();
      await made.connection.close();
      throw new YonderError("HOST", { message: `${decodeText(host.login)}: ${early}` });
    }
    reached = made;
  }

  async function contact(): Promise<void> {
    try {
      await stand();
      turn("up");
    } catch (error) {
      if (ending.signal.aborted) return;
      if (error instanceof NotChosen) return turn("left");
      turn("unreachable");
      events.onUnreachable(place, error as Error);
    }
  }

  async function comeBack(): Promise<void> {
    for (let waitMs = AGAIN_MS_MIN; !ending.signal.aborted; waitMs = Math.min(2 * waitMs, AGAIN_MS_MAX)) {
      try {
        await sleep(waitMs, undefined, { signal: ending.signal });
        await stand();
      } catch {
        continue;
      }
      turn("up");
      return events.onBack(place);
    }
  }

  const place: Place = {
    number,
    host,
    get state() {
      return state;
    },
    cpus: () => reached?.cpus ?? 0,
    slots: () => (state === "up" ? (reached?.slots() ?? 0) : 0),
    reason: () => reached?.reason(),
    weight: () => reached?.weight() ?? 1,
    get launcher() {
      return reached?.launcher;
    },
    contacted: Promise.resolve().then(contact),
    leave() {
      turn("left");
      ending.abort();
    },
    async close() {
      ending.abort();
      await Promise.all([place.contacted, coming]);
      reached?.stop();
      await reached?.launcher.close();
      await reached?.connection.close();
    },
  };
  return place;
}
