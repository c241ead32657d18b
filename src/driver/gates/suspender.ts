/** What --memsuspend needs of the world. */
export interface SuspenderParts {
  readonly availableMemory: () => number;
  /** Attempts that run, suspended ones too, oldest first. */
  readonly running: () => readonly number[];
  /** False for an attempt that is gone. */
  readonly signal: (attempt: number, signal: "SIGSTOP" | "SIGCONT") => boolean;
}

/** Stops and continues jobs as memory comes and goes. */
export interface Suspender {
  look(): void;
  /** Why nothing should start now. */
  reason(): string | undefined;
  /** Continues all. */
  close(): void;
}

/**
 * --memsuspend SIZE. Below twice SIZE, each look suspends the youngest that runs; below SIZE, all but the oldest; above
 * twice SIZE, each look continues the oldest that is suspended. Invariant: after a look, the oldest job runs, so that
 * some job always comes to its end.
 */
export function createSuspender(sizeBytes: number, parts: SuspenderParts): Suspender {
  const suspended = new Set<number>();

  function suspend(attempt: number): void {
    if (parts.signal(attempt, "SIGSTOP")) suspended.add(attempt);
  }

  function resume(attempt: number | undefined): void {
    if (attempt === undefined || !suspended.delete(attempt)) return;
    parts.signal(attempt, "SIGCONT");
  }

  return {
    look() {
      const running = parts.running();
      for (const attempt of suspended) if (!running.includes(attempt)) suspended.delete(attempt);
      const [oldest, ...younger] = running;
      resume(oldest);
      const free = parts.availableMemory();
      const awake = younger.filter((attempt) => !suspended.has(attempt));
      if (free < sizeBytes) for (const attempt of awake.reverse()) suspend(attempt);
      else if (free < 2 * sizeBytes) awake.slice(-1).forEach(suspend);
      else resume(younger.find((attempt) => suspended.has(attempt)));
    },
    reason() {
      if (parts.running().length === 0) return undefined;
      const isShort = suspended.size > 0 || parts.availableMemory() < 2 * sizeBytes;
      return isShort ? "memory is short: --memsuspend" : undefined;
    },
    close() {
      for (const attempt of [...suspended]) resume(attempt);
    },
  };
}
