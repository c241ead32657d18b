import type { Place } from "./places.ts";
import type { Slots } from "./state.ts";

/** Each slot is in the list of its place, and each place counts what its slots hold. */
export function checkPlaces(slots: Slots): void {
  const listed = new Set(slots.places.flatMap((place) => place.slots));
  for (let slot = 1; slot <= slots.made; slot++) {
    const home = slots.homes[slot];
    if ((home !== undefined) !== listed.has(slot)) throw new Error(`slot ${slot} is listed by mistake`);
    if (home === undefined && (slots.isOpen[slot] === 1 || slots.loads[slot]! > 0))
      throw new Error(`slot ${slot} is used and is nowhere`);
  }
  for (const place of slots.places) checkPlace(slots, place);
  const empty = slots.places.reduce((sum, place) => sum + place.empty, 0);
  if (empty !== slots.empty) throw new Error(`${empty} slots are empty, counted ${slots.empty}`);
}

function checkPlace(slots: Slots, place: Place): void {
  const counted = { open: 0, empty: 0, ending: 0 };
  for (const [rank, slot] of place.slots.entries()) {
    const load = slots.loads[slot]!;
    const isOpen = slots.isOpen[slot] === 1;
    if (slots.homes[slot] !== place || slots.ranks[slot] !== rank)
      throw new Error(`slot ${slot} is not number ${rank} of place ${place.number}`);
    if (isOpen && load < place.floor) throw new Error(`slot ${slot} holds less than place ${place.number}`);
    for (const [level, bits] of place.levels.entries()) {
      const bit = (bits[rank >>> 5]! >>> (rank & 31)) & 1;
      if (bit !== Number(isOpen && level === load))
        throw new Error(`slot ${slot} has load ${load}, but level ${level} has ${bit}`);
    }
    if (isOpen) counted.open++;
    if (isOpen && load === 0) counted.empty++;
    if (!isOpen && load > 0) counted.ending++;
  }
  const { open, empty, ending } = place;
  const isRight = open === counted.open && empty === counted.empty && ending === counted.ending;
  if (!isRight) {
    const found = JSON.stringify(counted);
    throw new Error(
      `place ${place.number} has ${found}, counted open ${open}, empty ${empty}, ending ${ending}`,
    );
  }
}
