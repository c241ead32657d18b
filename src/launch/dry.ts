import type { Launcher, LauncherEvents } from "../interface/launcher.ts";

/** --dry-run: runs nothing, and reports success. */
export function dryLauncher(events: Pick<LauncherEvents, "onEnd">): Launcher {
  return {
    start({ id }) {
      const nowMs = Date.now();
      setImmediate(() =>
        events.onEnd({ id, exit: { exitCode: 0, signal: 0 }, startMs: nowMs, endMs: nowMs }),
      );
    },
    signal: () => false,
    revoke: () => false,
    pause: async () => {},
    shells: () => new Map(),
    close: async () => {},
  };
}
