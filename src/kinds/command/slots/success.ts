import type { AttemptEnd, LauncherEvents } from "../../../interface/launcher.ts";
import type { Options } from "../../../options/options.ts";

type OnEnd = LauncherEvents["onEnd"];

/** --ok: marks the ends whose exit status counts as success. Told by launchers, before the kind concludes what the end means. */
export function markingOk({ ok }: Pick<Options, "ok">, onEnd: OnEnd): OnEnd {
  if (ok.length === 0) return onEnd;
  const wanted = new Set(ok);
  return (end) => onEnd(isOkStatus(end, wanted) ? { ...end, isOk: true } : end);
}

export function isSuccess({ exit, isOk, lost }: AttemptEnd): boolean {
  return exit.signal === 0 && (exit.exitCode === 0 || isOk === true) && lost === undefined;
}

/** What a command made is lost, whatever it said itself. */
export function asFailure({ isOk: _, ...end }: AttemptEnd, exitCode = 1): AttemptEnd {
  return { ...end, exit: { exitCode, signal: 0 } };
}

function isOkStatus({ exit, lost, unstarted }: AttemptEnd, wanted: ReadonlySet<number>): boolean {
  if (exit.exitCode === 0 || exit.signal !== 0 || lost !== undefined || unstarted === true) return false;
  return wanted.has(exit.exitCode);
}
