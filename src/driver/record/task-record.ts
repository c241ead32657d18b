import type { AttemptRecord, OutcomeRecord } from "../../journal/records.ts";
import type { AttemptOutput } from "../../journal/writer.ts";

/** What a kind of task has to tell the journal of an attempt, or of a task that has its outcome; the driver adds the rest. */
export interface TaskRecord {
  /** What ran, and how that ended. */
  readonly ran: Pick<AttemptRecord, "command" | "exitCode" | "signal" | "host" | "lost" | "error">;
  /** What else there is to know of a task that has its outcome. */
  readonly notes?: TaskNotes;
  /** What was captured; missing where nothing was, or where it was told as it came. */
  readonly output?: AttemptOutput;
  /**
   * Nobody will show its output any more: there is none, or it was shown as it came. Default: the kind tells the journal when
   * (`JournalWriter.showing`), and until then whoever goes on with the job takes it for not shown.
   */
  readonly isShown?: true;
  /** Of a failure: why, in a line, where exit status and signal do not say it. */
  readonly reason?: string;
}

export type TaskNotes = Pick<
  OutcomeRecord,
  "tag" | "reused" | "missed" | "stays" | "values" | "wholeCommand" | "sendBytes" | "returnBytes"
>;
