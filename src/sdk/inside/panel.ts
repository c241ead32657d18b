import type { JobSummary } from "../../core/events.ts";
import { NO_OUTCOMES } from "../../core/verdict.ts";
import type { Observers } from "../../driver/observers.ts";
import { collectFailures } from "../../driver/record/failures.ts";
import { progressOf } from "../../driver/record/monitor.ts";
import type { CallTask } from "../../kinds/function/call.ts";
import { isTerminal } from "../../output/descriptor.ts";
import { openProgress, wantsPanel } from "../../output/progress/progress.ts";
import type { ProgressState } from "../../output/progress/state.ts";
import type { Canvas } from "../../output/writer-types.ts";
import type { Session } from "../session.ts";
import { atExit } from "./at-exit.ts";
import { belowOutput } from "./terminal.ts";

export interface SessionPanel {
  close(summary: JobSummary): void;
}

/** A program that is done before that has no panel, unless it asks for one. */
const DELAY_MS = 1000;

/**
 * The panel of progress while tasks are under way, and the first failures at the end.
 *
 * @param wanted undefined: on a terminal, once the session has lived for a while
 */
export function showPanel(
  session: Session,
  observers: Observers<CallTask>,
  id: string,
  wanted: boolean | undefined,
): SessionPanel {
  if (wanted === false || (wanted === undefined && !wantsPanel({ isUngrouped: false, env: process.env }))) {
    return { close: () => {} };
  }
  const startedMs = Date.now();
  const failures = collectFailures();
  observers.add(failures.observer);
  let stop = (): void => {};
  const timer = setTimeout(() => (stop = draw(session, startedMs)), wanted ? 0 : DELAY_MS).unref();
  return {
    close({ succeeded, failed, timedOut }) {
      clearTimeout(timer);
      stop();
      if (wanted === undefined && Date.now() - startedMs < DELAY_MS) return;
      const more = id === "" ? {} : { moreCommand: `yonder show ${id}` };
      const text = failures.text(
        { doneCount: succeeded + failed + timedOut, ...more },
        () => process.stderr.columns || 100,
      );
      if (text !== "") process.stderr.write(Buffer.from(text, "latin1"));
    },
  };
}

/** Draws until the returned function is called. */
function draw(session: Session, startedMs: number): () => void {
  if (!isTerminal(2)) return () => {};
  const progress = openProgress({ kind: "panel" });
  const terminal = belowOutput(progress.overlay);
  const stop = (): void => {
    forget();
    progress.stop();
    terminal.close();
  };
  const forget = atExit(stop);
  const canvas: Canvas = {
    // Between its tasks, a program has the terminal for itself.
    draw: (frame) => (session.driver.open.size === 0 ? terminal.clear() : terminal.draw(frame)),
    drawLast: terminal.drawLast,
  };
  progress.start(canvas, () => stateOf(session, startedMs));
  return stop;
}

function stateOf({ driver, isClosed }: Session, startedMs: number): ProgressState {
  const { succeeded, failed, timedOut } = driver.state.counts;
  return {
    ...progressOf({ driver, before: NO_OUTCOMES, startedMs, total: () => undefined }),
    // Before it is closed a program may always add some.
    total: isClosed ? succeeded + failed + timedOut + driver.open.size : undefined,
  };
}
