/** An empty factor does not empty the product, unless all are empty. */
export function productSize(sizes: readonly number[]): number {
  if (sizes.every((size) => size === 0)) return 0;
  return sizes.reduce((product, size) => product * Math.max(1, size), 1);
}

/** Of sources tied by :::+; an empty one counts as one empty value. */
export function linkedFactorSize(sizes: readonly number[]): number {
  const shortest = Math.min(...sizes);
  return shortest === 0 ? Math.min(1, Math.max(...sizes)) : shortest;
}

export function linkSize(sizes: readonly number[]): number {
  return Math.max(...sizes);
}
