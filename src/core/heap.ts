/** A binary min-heap of numbers in an array: `heap[0]` is the least, and `heap[i] <= heap[2i+1], heap[2i+2]`. */
export function pushHeap(heap: number[], value: number): void {
  let at = heap.length;
  heap.push(value);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]! <= value) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = value;
}

/** Takes out the least; undefined where the heap is empty. */
export function popHeap(heap: number[]): number | undefined {
  const least = heap[0];
  const value = heap.pop();
  if (heap.length === 0 || value === undefined) return least;
  let at = 0;
  for (;;) {
    const child = lesserChild(heap, at);
    if (child >= heap.length || heap[child]! >= value) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = value;
  return least;
}

function lesserChild(heap: readonly number[], at: number): number {
  const left = 2 * at + 1;
  const right = left + 1;
  return right < heap.length && heap[right]! < heap[left]! ? right : left;
}
