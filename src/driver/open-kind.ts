import type { JournalWriter } from "../journal/writer.ts";
import type { Driver } from "./driver.ts";
import type { Task, TaskKind } from "./kind.ts";
import type { Observers } from "./observers.ts";

/** What a kind of task gets of the job that it is opened for. */
export interface KindContext {
  readonly driver: Driver;
  /** Those who are told of output that is not captured, and of errors outside of tasks. */
  readonly observers: Observers;
  readonly journal: JournalWriter;
  readonly env: NodeJS.ProcessEnv;
  /** How many slots the job has. */
  readonly slots: number;
  /** Closes what the kind has opened, when the job has ended. */
  readonly opened: AsyncDisposableStack;
}

/**
 * A kind, open for a job.
 *
 * @typeParam G what a task of it is made of
 */
export interface OpenedKind<G> {
  readonly kind: TaskKind;
  /** Makes a task with this number, of the job's plain class; `Driver.add` takes it in. */
  task(seq: number, given: G): Task;
}

export type OpenKind<G> = (context: KindContext) => Promise<OpenedKind<G>>;
