/**
 * A binary min-heap in an array: `heap[0]` is the least, and neither `heap[2i+1]` nor `heap[2i+2]` is less than `heap[i]`.
 * Numbers, or things with a number to go by.
 */
export function pushHeap(heap: number[], value: number): void {
  pushBy(heap, value, itself);
}

/** Takes out the least; undefined where the heap is empty. */
export function popHeap(heap: number[]): number | undefined {
  return popBy(heap, itself);
}

export function pushBy<T>(heap: T[], value: T, keyOf: (value: T) => number): void {
  const key = keyOf(value);
  let at = heap.length;
  heap.push(value);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (keyOf(heap[parent]!) <= key) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = value;
}

export function popBy<T>(heap: T[], keyOf: (value: T) => number): T | undefined {
  const least = heap[0];
  const value = heap.pop();
  if (heap.length === 0 || value === undefined) return least;
  const key = keyOf(value);
  let at = 0;
  for (;;) {
    const child = lesserChild(heap, at, keyOf);
    if (child >= heap.length || keyOf(heap[child]!) >= key) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = value;
  return least;
}

function lesserChild<T>(heap: readonly T[], at: number, keyOf: (value: T) => number): number {
  const left = 2 * at + 1;
  const right = left + 1;
  return right < heap.length && keyOf(heap[right]!) < keyOf(heap[left]!) ? right : left;
}

function itself(value: number): number {
  return value;
}
