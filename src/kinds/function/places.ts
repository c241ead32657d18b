import { type HostName, hostName, machineOf } from "../../launch/thread/host-name.ts";
import { noneLeft } from "./no-places.ts";
import { PROCESSES, WAITERS } from "./task-class.ts";

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
  /**
   * A host that is not of the scheduler's slots, for the `count`th who asks: spread evenly over what is not lost. Shared with
   * others when all threads have had their turn, unless it `isAlone`.
   *
   * @throws YonderError HOST where nothing is left
   */
  spread(count: number, how: { readonly isProcess: boolean; readonly isAlone: boolean }): HostName;
  /** The place of a host. */
  placeOf(host: HostName): Place;
  /** The name of the machine of a host; undefined for this one. */
  machineName(host: HostName): string | undefined;
  /** For `slotsChanged`: the place of each slot of a pool, 0 where it is lost. Undefined where this machine is all there is. */
  numbers(slots: number): readonly number[] | undefined;
}

export function createPlaces(all: readonly Place[]): Places {
  const owners = all.flatMap((place) =>
    Array.from({ length: place.threads }, (_, index) => ({ place, thread: index + 1 })),
  );
  const threads = owners.length;
  const inTurns = owners.toSorted((a, b) => a.thread / a.place.threads - b.thread / b.place.threads);
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
    spread(count, { isProcess, isAlone }) {
      const left = inTurns.filter(({ place }) => !place.isLost);
      if (left.length === 0) throw noneLeft(all);
      const { place, thread } = left[count % left.length]!;
      return hostName(place.machine, isAlone ? place.threads + 1 + count : thread, isProcess);
    },
    placeOf: (host) => all.find(({ machine }) => machine === machineOf(host))!,
    machineName(host) {
      const machine = machineOf(host);
      return machine === 0 ? undefined : all.find((place) => place.machine === machine)!.name;
    },
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
