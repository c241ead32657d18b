// One mark for all copies of yonder in the thread or process.
const key = Symbol.for("yonder.host");
const marked = globalThis as { [key]?: true };

export function markHost(): void {
  marked[key] = true;
}

/** Whether this thread or process is one that yonder has made to run calls. */
export function isHost(): boolean {
  return marked[key] === true;
}
