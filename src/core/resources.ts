import type { ClassState } from "./classes.ts";
import type { ResourceNeed } from "./policy.ts";
import type { Slots } from "./slots.ts";

/** How much there is of each resource, and how much of it is not held. Less than none is free after a total has shrunk. */
export interface Resources {
  totals: readonly number[];
  free: number[];
}

export function createResources(): Resources {
  return { totals: [], free: [] };
}

export function setTotals(resources: Resources, totals: readonly number[]): void {
  resources.free = totals.map((total, index) => {
    const held = (resources.totals[index] ?? 0) - (resources.free[index] ?? 0);
    return total - held;
  });
  resources.totals = totals;
}

/** The first resource of which there is too little left, or that an earlier class waits for; undefined where none is. */
export function lackOf(
  { free }: Resources,
  needs: readonly ResourceNeed[],
  reserved: ReadonlySet<number>,
): ResourceNeed | undefined {
  // Sums of fractions: a thousandth more or less is nobody's.
  return needs.find(
    ({ resource, amount }) => reserved.has(resource) || (free[resource] ?? 0) + 0.001 < amount,
  );
}

/** What can never be had: more than there is in all. */
export function impossibleNeed(
  { totals }: Resources,
  needs: readonly ResourceNeed[],
): ResourceNeed | undefined {
  return needs.find(({ resource, amount }) => (totals[resource] ?? 0) + 0.001 < amount);
}

/** A slot holds what its class needs from its first task on, until it is empty. */
export function holdFor(resources: Resources, slots: Slots, slot: number, holder: ClassState): void {
  slots.holders[slot] = holder;
  for (const { resource, amount } of holder.spec.needs) resources.free[resource]! -= amount;
}

export function letGo(resources: Resources, slots: Slots, slot: number): void {
  const holder = slots.holders[slot];
  slots.holders[slot] = undefined;
  for (const { resource, amount } of holder?.spec.needs ?? []) resources.free[resource]! += amount;
}
