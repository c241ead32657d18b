import type { JobSummary } from "../../core/events.ts";
import { type KnownState, stateOf } from "../../core/task-table.ts";
import type { Observers } from "../../driver/observers.ts";
import type { Call, CallTask } from "../../kinds/function/call.ts";
import type { Session } from "../session.ts";
import { listen, type TaskEvent } from "./events.ts";
import { explainCall } from "./explain.ts";
import type { TaskExplanation } from "./explanation.ts";
import { keepJournal } from "./journal.ts";
import { showPanel } from "./panel.ts";
import { spanObserver } from "./spans.ts";
import { traceTasks } from "./timeline.ts";

export interface InsideOptions {
  /** Keep a record of the job, for `yonder jobs`, `show`, `logs`, `explain`, `wait` and `cancel`. Default true. */
  readonly journal?: boolean;
  /**
   * Show progress, and the first failures at the end, on standard error. Default: where that is a terminal, once the session
   * has lived for a second.
   */
  readonly progress?: boolean;
  /** A file for a timeline that https://ui.perfetto.dev opens. Default: none. */
  readonly trace?: string;
}

/** Ways to look into a session. All but its closing are observers: without them the session does the same. */
export interface Inside {
  /** The job's id; "" where it has no journal. */
  readonly id: string;
  explain(call: Call): TaskExplanation;
  on(kind: "task", listener: (event: TaskEvent) => void): () => void;
  /** Closes the session, and after it what looks into it. Safe to repeat. */
  close(how: "drain" | "cancel"): Promise<JobSummary>;
}

/**
 * @param resources the names of what the scheduler counts
 * @throws YonderError OUTPUT where the trace cannot be written
 */
export async function lookInside(
  session: Session,
  observers: Observers<CallTask>,
  resources: readonly string[],
  options: InsideOptions,
): Promise<Inside> {
  const warn = (line: string): void => void process.stderr.write(`yonder: ${line}\n`);
  const explain = (call: Call): TaskExplanation => explainCall(session, resources, call);
  const closers: ((summary: JobSummary, isCancelled: boolean) => void)[] = [];
  if (options.trace !== undefined) {
    const close = traceTasks(options.trace, session.driver, observers, ({ message }) =>
      warn(`the trace ends here, since it cannot be written: ${message}`),
    );
    closers.push(close);
  }
  let id = "";
  if (options.journal !== false) {
    const journal = keepJournal(session, observers, {
      explain,
      warn,
      stop(isDrain) {
        noteStop();
        if (isDrain) cancelWaiting(session);
        // Its errors are told to whoever waits for close().
        close(isDrain ? "drain" : "cancel").catch(() => {});
      },
    });
    ({ id } = journal);
    closers.push(journal.close);
  }
  const panel = showPanel(session, observers, id, options.progress);
  closers.push(panel.close);
  const spans = await spanObserver(id);
  if (spans !== undefined) observers.add(spans);

  /** Tasks that the program had cancelled itself, when somebody ended the job. */
  let cancelledBefore: number | undefined;
  const noteStop = (): void => void (cancelledBefore ??= session.driver.state.counts.cancelled);
  let closing: Promise<JobSummary> | undefined;
  async function close(how: "drain" | "cancel"): Promise<JobSummary> {
    if (how === "cancel") {
      noteStop();
      // One that is closing already waits for its tasks.
      if (session.isClosed) cancelAll(session, () => true);
    }
    const summary = await session.close(how);
    closing ??= Promise.resolve(summary).then(() => {
      const isCancelled = cancelledBefore !== undefined && summary.cancelled > cancelledBefore;
      for (const closer of closers) closer(summary, isCancelled);
      return summary;
    });
    return closing;
  }
  return {
    id,
    explain,
    on: (kind, listener) => {
      kind satisfies "task";
      return listen(observers, listener, (error) => warn(`a listener of tasks failed: ${inWords(error)}`));
    },
    close,
  };
}

/** From the last to the first, so that no task begins because another has ended. */
function cancelAll(session: Session, isMeant: (call: Call) => boolean): void {
  for (const call of [...session.driver.open.values()].reverse()) if (isMeant(call)) session.cancel(call);
}

function cancelWaiting(session: Session): void {
  cancelAll(session, ({ seq: task, doer }) => {
    return doer === undefined && !isInProgress(stateOf(session.driver.state.table, task));
  });
}

function isInProgress(state: KnownState): boolean {
  return ["running", "timingOut", "cancelling"].includes(state);
}

function inWords(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
