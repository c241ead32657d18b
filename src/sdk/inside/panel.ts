import type { JobSummary } from "../../core/events.ts";
import { runningCount } from "../../core/state.ts";
import { collectFailures } from "../../driver/failures.ts";
import { isTerminal } from "../../output/descriptor.ts";
import { openProgress, wantsPanel } from "../../output/progress/progress.ts";
import type { ProgressState } from "../../output/progress/state.ts";
import type { Canvas } from "../../output/writer-types.ts";
import type { Observers } from "../observers.ts";
import type { Session } from "../session.ts";
import { atExit } from "./at-exit.ts";
import { callCommand } from "./preview.ts";
import { shortError } from "./record.ts";
import { slotCount, slowestCall } from "./status.ts";
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
  observers: Observers,
  id: string,
  wanted: boolean | undefined,
): SessionPanel {
  if (wanted === false || (wanted === undefined && !wantsPanel({ isUngrouped: false, env: process.env }))) {
    return { close: () => {} };
  }
  const startedMs = Date.now();
  const failures = collectFailures();
  observers.add({
    ended(call, _, outcome) {
      if (outcome === undefined || outcome.type === "succeeded") return;
      failures.note(outcome, () => {
        const { error, task } = call;
        const reason = error === undefined ? "failed" : shortError(error);
        return { seq: task, command: callCommand(call), exitCode: 1, signal: 0, reason, stderrTail: "" };
      });
    },
  });
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
    draw: (frame) => (session.open.size === 0 ? terminal.clear() : terminal.draw(frame)),
    drawLast: terminal.drawLast,
  };
  progress.start(canvas, () => stateOf(session, startedMs));
  return stop;
}

function stateOf(session: Session, startedMs: number): ProgressState {
  const { state, open } = session;
  const { succeeded, failed, timedOut } = state.counts;
  const running = runningCount(state);
  const slowest = slowestCall(session);
  const nowMs = Date.now();
  return {
    // Before it is closed a program may always add some.
    total: session.isClosed ? succeeded + failed + timedOut + open.size : undefined,
    succeeded,
    failed: failed + timedOut,
    running,
    waiting: open.size - running,
    slots: slotCount(session),
    elapsedMs: nowMs - startedMs,
    ...(slowest && { slowest: { command: slowest.command, elapsedMs: nowMs - slowest.startMs } }),
  };
}
