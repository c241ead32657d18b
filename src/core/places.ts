/**
 * Where slots are: a machine, or whatever else they share. A pool whose slots were told no places has one, number 1.
 *
 * Each place has its own bits, so that the lowest-numbered slot among the emptiest of a place is a search for the first
 * bit, and a start costs a look at each place, however many slots these have.
 */
export interface Place {
  readonly number: number;
  /** Among equally empty slots, those of the place with the greatest one come first. */
  weight: number;
  /** Its slots, the lowest first. */
  readonly slots: number[];
  /** `levels[n]` has a bit for each open slot that holds n tasks, by where it is in `slots`. */
  levels: Int32Array[];
  /** No open slot holds fewer. */
  floor: number;
  /** How many of its slots are open: may get tasks. */
  open: number;
  /** It may soon have slots. */
  isComing: boolean;
  /** Open slots that hold nothing. */
  empty: number;
  /** Closed slots that still hold something. */
  ending: number;
  /** The round of turns (turns.ts) in which nothing is to be queued behind what runs here. */
  keptIn: number;
}

export function createPlace(number: number): Place {
  return {
    number,
    weight: 1,
    slots: [],
    levels: [],
    floor: 0,
    open: 0,
    isComing: false,
    empty: 0,
    ending: 0,
    keptIn: 0,
  };
}

/** The lowest slot among those with the fewest tasks that has room for one more; these hold `floor` then. 0 for none. */
export function lowestSlot(place: Place, depth: number): number {
  if (place.open === 0) return 0;
  for (; place.floor < depth; place.floor++) {
    const rank = lowestBit(place.levels[place.floor]!);
    if (rank >= 0) return place.slots[rank]!;
  }
  return 0;
}

/**
 * Whether a task goes to `slot` of a place rather than to `otherSlot` of another one: each has come from `lowestSlot`. Empty
 * slots first, then the weight, then whose slots are in use the least, then the lower number.
 */
export function isBetter(place: Place, slot: number, other: Place, otherSlot: number): boolean {
  if (place.floor !== other.floor) return place.floor < other.floor;
  if (place.weight !== other.weight) return place.weight > other.weight;
  // Of the slots that are in use or could be: those that are closed and hold nothing are nobody's.
  const more = place.empty * (other.open + other.ending) - other.empty * (place.open + place.ending);
  return more === 0 ? slot < otherSlot : more > 0;
}

/** An open slot, the one at `rank` in the list of slots, holds another number of tasks now. */
export function moveLoad(place: Place, rank: number, before: number, load: number): void {
  const bit = 1 << (rank & 31);
  const word = rank >>> 5;
  const from = place.levels[before]!;
  from[word] = from[word]! & ~bit;
  const to = place.levels[load]!;
  to[word] = to[word]! | bit;
  if (before === 0) place.empty--;
  if (load === 0) place.empty++;
  if (load < place.floor) place.floor = load;
}

/** Counts anew, after its slots, or which of them are open, have changed. */
export function recount(place: Place, loads: Int32Array, isOpen: Uint8Array, loadMax: number): void {
  const words = (place.slots.length >>> 5) + 1;
  place.levels = Array.from({ length: loadMax + 1 }, () => new Int32Array(words));
  place.floor = place.open = place.empty = place.ending = 0;
  for (const [rank, slot] of place.slots.entries()) {
    const load = loads[slot]!;
    if (isOpen[slot] === 0) {
      if (load > 0) place.ending++;
      continue;
    }
    place.open++;
    if (load === 0) place.empty++;
    const level = place.levels[load]!;
    level[rank >>> 5] = level[rank >>> 5]! | (1 << (rank & 31));
  }
}

/** -1 for none. */
function lowestBit(level: Int32Array): number {
  for (let word = 0; word < level.length; word++) {
    const bits = level[word]!;
    if (bits !== 0) return word * 32 + 31 - Math.clz32(bits & -bits);
  }
  return -1;
}
