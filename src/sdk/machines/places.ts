import { type HostName, hostName } from "../../launch/thread/launcher.ts";
import { PROCESSES, WAITERS } from "../task-class.ts";

/** A machine of a session, as its scheduler knows it: number 1 is the first of its places. */
export interface Place {
  /** As people write it; ":" for this machine. */
  readonly name: string;
  /** Of its hosts; see `hostName`. 0 for this one. */
  readonly machine: number;
  /** Its slots for tasks that compute; as many again for those in processes of their own. */
  readonly threads: number;
  readonly memoryBytes: number;
  isLost: boolean;
}

/** Which slot is where. The slots of a place follow each other. */
export interface Places {
  readonly all: readonly Place[];
  /** Slots of all places, lost ones too: their numbers never change. */
  readonly threads: number;
  /** The host for an attempt in a slot of a pool. */
  hostOf(pool: number, slot: number): HostName;
  placeOf(slot: number): Place;
  /** For `slotsChanged`: the place of each slot of a pool, 0 where it is lost. Undefined where this machine is all there is. */
  numbers(slots: number): readonly number[] | undefined;
}

export function createPlaces(all: readonly Place[]): Places {
  const owners = all.flatMap((place) =>
    Array.from({ length: place.threads }, (_, index) => ({ place, thread: index + 1 })),
  );
  const threads = owners.length;
  // Tasks that wait share threads: each of these has slots as far apart as there are slots for others.
  const ownerOf = (slot: number): (typeof owners)[number] => owners[(slot - 1) % threads]!;
  const isHereOnly = all.every(({ machine }) => machine === 0);
  return {
    all,
    threads,
    hostOf(pool, slot) {
      const { place, thread } = ownerOf(slot);
      const number = pool === WAITERS ? place.threads + thread : thread;
      return hostName(place.machine, number, pool === PROCESSES);
    },
    placeOf: (slot) => ownerOf(slot).place,
    numbers(slots) {
      if (isHereOnly) return undefined;
      return Array.from({ length: slots }, (_, index) => {
        const { place } = ownerOf(index + 1);
        return place.isLost ? 0 : all.indexOf(place) + 1;
      });
    },
  };
}

/** Only this machine. */
export function placesHere(threads: number, memoryBytes: number): Places {
  return createPlaces([{ name: ":", machine: 0, threads, memoryBytes, isLost: false }]);
}
