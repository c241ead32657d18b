import type { ByteString } from "../../../bytes/bytes.ts";
import type { CommandLine } from "../../../options/parse.ts";
import type { StandardInput } from "../job/standard-input.ts";
import type { Templates } from "../text/templates.ts";
import type { Task, TaskSource } from "./task.ts";

/** What a job runs, and on what. */
export interface JobTasks {
  readonly source: TaskSource;
  readonly templates: Templates;
  readonly names: readonly ByteString[];
  readonly isDone: (task: Task) => boolean;
  /** So many tasks share one input and must run at the same time, whatever --jobs says. */
  readonly allAtOnce?: number;
}

export interface TasksContext {
  readonly line: CommandLine;
  readonly slots: () => number;
  readonly stdin: StandardInput;
  /** A line for the person, without the program's name. */
  readonly say: (text: ByteString) => void;
}
