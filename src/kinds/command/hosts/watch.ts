import type { StartCheck } from "../../../driver/gates/start-checks.ts";

/** Whether jobs may start at a host, looked at again and again while anything is looked at. */
export interface Watch {
  /** Why nothing may start there; undefined where it may. */
  readonly reason: string | undefined;
  stop(): void;
}

const INTERVAL_MS = 1000;

/** @param onChange when what the checks say has turned; nothing may start before the first time */
export function watchHost(checks: readonly StartCheck[], onChange: () => void): Watch {
  let reason: string | undefined = checks.length > 0 ? "nobody has looked at it yet" : undefined;
  let timer: NodeJS.Timeout | undefined;
  let isOver = checks.length === 0;

  async function look(): Promise<void> {
    const before = reason;
    let refusal: Awaited<ReturnType<StartCheck>>;
    for (const check of checks) refusal ??= await check();
    if (isOver) return;
    reason = refusal?.reason;
    timer = setTimeout(() => void look(), INTERVAL_MS);
    timer.unref();
    if ((before === undefined) !== (reason === undefined)) onChange();
  }

  if (!isOver) void look();
  return {
    get reason() {
      return reason;
    },
    stop() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
