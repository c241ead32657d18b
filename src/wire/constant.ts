const constants = new WeakSet<SharedArrayBuffer>();

/** Says that nobody writes to this memory any more: then another machine needs to be sent it once. */
export function markConstant(buffer: SharedArrayBuffer): void {
  constants.add(buffer);
}

export function isConstant(buffer: SharedArrayBuffer): boolean {
  return constants.has(buffer);
}
