/** Looks whether a start is allowed, and again until it is; `onBlocked` is told why not. */
export type GateCheck = (onBlocked: (reason: string) => void) => Promise<void>;

/** Answers the scheduler, which asks before it starts something. */
export async function checkGates(
  check: GateCheck,
  gate: (reason: string, isOpen: boolean) => void,
  fail: (error: unknown) => void,
): Promise<void> {
  try {
    let blocked: string | undefined;
    await check((reason) => {
      if (blocked === reason) return;
      // The new reason closes before the old one opens: in between nothing may start.
      const before = blocked;
      blocked = reason;
      gate(reason, false);
      if (before !== undefined) gate(before, true);
    });
    gate(blocked ?? "check", true);
  } catch (error) {
    fail(error);
  }
}
