import type { Place } from "./place.ts";

/** Which slots there are and where, as the scheduler is told. */
export interface Layout {
  /** Slots are numbered from 1 to this. */
  readonly slots: number;
  /** The place of each slot, slot 1 first; 0 while it must not be used. Missing: all are of this machine. */
  readonly places?: readonly number[];
  /** By place, from the first on: the heavier ones are used first. */
  readonly weights?: readonly number[];
  /** Places that may soon have slots. */
  readonly coming?: readonly number[];
}

export function isSameLayout(one: Layout, other: Layout): boolean {
  return one === other || (one.slots === other.slots && one.places === other.places);
}

/** How many slots may be used. */
export function openSlots({ slots, places }: Layout): number {
  return places === undefined ? slots : places.filter((place) => place !== 0).length;
}

/** The same without some slots, and with no more than `most` that may be used: the first ones. */
export function without(layout: Layout, closed: ReadonlySet<number>, most: number): Layout {
  const { slots, places } = layout;
  if (closed.size === 0 && openSlots(layout) <= most) return layout;
  let open = 0;
  const left = Array.from({ length: slots }, (_, index) => {
    const place = places?.[index] ?? 1;
    return place === 0 || closed.has(index + 1) || ++open > most ? 0 : place;
  });
  return { ...layout, places: left };
}

/**
 * Numbers the slots of several hosts. A slot belongs to one host for good; a host that comes, or may run more than
 * before, gets new ones at the end.
 */
export interface SlotBook {
  /** @param atLeast so many slots there are, whatever the places say, unless none of them has any */
  layout(places: readonly SlotGiver[], atLeast: number): Layout;
  /** The place number of a slot. */
  placeOf(slot: number): number;
}

export type SlotGiver = Pick<Place, "number" | "slots" | "weight">;

export function slotBook(): SlotBook {
  const owners: number[] = [];
  return {
    layout(places, atLeast) {
      const free = freeSlots(places, atLeast);
      const open = owners.map((owner) => take(free, owner));
      // Turn by turn, so that low numbers are spread over the hosts.
      for (let isAny = true; isAny; ) {
        isAny = false;
        for (const owner of free.keys()) {
          if (take(free, owner) === 0) continue;
          owners.push(owner);
          open.push(owner);
          isAny = true;
        }
      }
      return { slots: owners.length, places: open, weights: places.map((place) => place.weight()) };
    },
    placeOf: (slot) => owners[slot - 1] ?? 0,
  };
}

function freeSlots(places: readonly SlotGiver[], atLeast: number): Map<number, number> {
  const free = new Map(places.map((place) => [place.number, place.slots()]));
  const givers = places.filter(({ number }) => free.get(number)! > 0);
  let missing = atLeast - givers.reduce((sum, { number }) => sum + free.get(number)!, 0);
  for (let at = 0; missing > 0 && givers.length > 0; at++, missing--) {
    const { number } = givers[at % givers.length]!;
    free.set(number, free.get(number)! + 1);
  }
  return free;
}

function take(free: Map<number, number>, owner: number): number {
  const left = free.get(owner) ?? 0;
  if (left === 0) return 0;
  free.set(owner, left - 1);
  return owner;
}
