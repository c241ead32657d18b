import { constants } from "node:os";
import type { JobSummary } from "../../core/events.ts";
import { summarize } from "../../core/summary.ts";
import { type Cut, verdictOf } from "../../core/verdict.ts";
import type { Observers } from "../../driver/observers.ts";
import { startMonitor } from "../../driver/record/monitor.ts";
import { peakMemory } from "../../driver/record/peak-memory.ts";
import { createRecorder } from "../../driver/record/recorder.ts";
import { type Ask, answerAsks } from "../../journal/asks.ts";
import type { Call, CallTask } from "../../kinds/function/call.ts";
import type { Session } from "../session.ts";
import { atExit } from "./at-exit.ts";
import type { TaskExplanation } from "./explanation.ts";
import { openProgramJournal } from "./open-job.ts";

/** The job's record on the disk while the session lives. */
export interface SessionJournal {
  /** "" where there is none. */
  readonly id: string;
  /** The session has closed; `isCancelled`: somebody has ended tasks of it, and not only the program some of its own. */
  close(summary: JobSummary, isCancelled: boolean): void;
}

/** What other processes can ask of a session. */
export interface SessionAnswers {
  explain(call: Call): TaskExplanation;
  /** Ends it: all tasks, or (drain) those that have not begun. */
  stop(isDrain: boolean): void;
  readonly warn: (line: string) => void;
}

const LOOK_MS = 100;
/** As if by SIGTERM, which is how commands are cancelled. */
const CANCELLED: Cut = { type: "signal", signal: constants.signals.SIGTERM };

/** Records what happens, tells about once a second what runs, and answers what other processes ask. */
export function keepJournal(
  session: Session,
  observers: Observers<CallTask>,
  { explain, stop, warn }: SessionAnswers,
): SessionJournal {
  const journal = openProgramJournal(warn);
  if (journal.id === "") return { id: "", close: () => {} };
  const { driver } = session;
  const peaks = peakMemory();
  const attemptsBefore = (): number => 0;
  const recorder = createRecorder({ journal, peaks, attemptsBefore, warn });
  observers.add(recorder.observer);

  const answer = (question: Ask): unknown => {
    if (question.type === "explain") {
      recorder.flush();
      journal.flush();
      const call = driver.open.get(question.task);
      return call && explain(call);
    }
    stop(question.drain);
    return true;
  };
  const stopMonitor = startMonitor({
    driver,
    journal,
    peaks,
    everyMs: LOOK_MS,
    attemptsBefore,
    reason: () => undefined,
    look: () => answerAsks(journal.directory, answer),
  });
  const finish = (summary: JobSummary, cut: Cut | undefined): void => {
    stopMonitor();
    forget();
    recorder.close();
    journal.total(summary.total);
    // What the program has ended itself, by leaving a loop for example, has not failed, and neither has what needed it.
    const { exitCode, cancelled } = verdictOf({ ...summary, cancelled: 0, skipped: 0 }, summary, cut);
    journal.finish(exitCode, cancelled);
  };
  const forget = atExit(() => {
    if (driver.open.size === 0) return finish(summarize(driver.state), cutOfProgram());
    // Without their outcomes it is an interrupted job.
    recorder.flush();
    journal.flush();
  });
  return {
    id: journal.id,
    close: (summary, isCancelled) => finish(summary, isCancelled ? CANCELLED : undefined),
  };
}

/** A program that ends by an error would perhaps have had more tasks. */
function cutOfProgram(): Cut | undefined {
  const exitCode = Number(process.exitCode ?? 0);
  return exitCode === 0 ? undefined : { type: "error", exitCode };
}
