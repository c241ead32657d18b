/** The descriptor on which a slot shell that inherits our output finds the pipe for its answers. */
export const STATUS_FD = 3;
/** The descriptor on which the first slot finds our standard input, where its attempts may have it. */
export const STDIN_FD = 5;
/** Where a slot shell that inherits our output keeps that output. */
const SAVED_FDS: readonly number[] = [6, 7];

/** What a descriptor of a process that we start is, as child_process has it. */
export type Descriptor = "pipe" | "ignore" | number;

/**
 * The descriptors of a slot shell.
 *
 * @param given those that we were given ourselves: jobs have them, too, but for numbers that the slot needs
 */
export function slotDescriptors(
  slot: { readonly inheritOutput: boolean; readonly inheritStdin: boolean },
  given: readonly number[],
): Descriptor[] {
  const all = new Map<number, Descriptor>(given.map((fd) => [fd, fd]));
  all.set(0, "pipe");
  all.set(1, slot.inheritOutput ? 1 : "pipe");
  all.set(2, slot.inheritOutput ? 2 : "ignore");
  if (slot.inheritOutput) {
    all.set(STATUS_FD, "pipe");
    for (const fd of SAVED_FDS) all.delete(fd);
  }
  if (slot.inheritStdin) all.set(STDIN_FD, 0);
  return Array.from({ length: Math.max(...all.keys()) + 1 }, (_, fd) => all.get(fd) ?? "ignore");
}
