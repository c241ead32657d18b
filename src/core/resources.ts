import type { ResourceNeed } from "./policy.ts";
import type { ClassState, Resources, Slots } from "./state.ts";

export function createResources(): Resources {
  return { totals: [], free: [] };
}

/** What is not among the totals any more is still held by the slots that have it. */
export function setTotals(resources: Resources, totals: readonly number[]): void {
  const { totals: before, free } = resources;
  const length = Math.max(totals.length, free.length);
  resources.free = Array.from({ length }, (_, index) => {
    const held = (before[index] ?? 0) - (free[index] ?? 0);
    return (totals[index] ?? 0) - held;
  });
  resources.totals = totals;
}

/** Whether too little of a resource is free, of which so much is kept for others. */
export function lacks({ free }: Resources, { resource, amount }: ResourceNeed, kept = 0): boolean {
  // Sums of fractions: a thousandth more or less is nobody's.
  return (free[resource] ?? 0) - kept + 0.001 < amount;
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
  take(resources, holder.spec.needs, 1);
}

export function letGo(resources: Resources, slots: Slots, slot: number): void {
  const holder = slots.holders[slot];
  slots.holders[slot] = undefined;
  if (holder !== undefined) take(resources, holder.spec.needs, -1);
}

function take({ free }: Resources, needs: readonly ResourceNeed[], times: 1 | -1): void {
  for (const { resource, amount } of needs) free[resource] = (free[resource] ?? 0) - times * amount;
}
