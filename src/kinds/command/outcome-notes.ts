import type { TaskNotes } from "../../driver/record/task-record.ts";
import { COMMAND_BYTES_MAX } from "../../journal/records.ts";
import type { ShownAgain } from "../../output/sink-types.ts";

/** What the next driver needs, if this one does not come to show the output. */
export function notesOf({ stays, values, command }: ShownAgain): TaskNotes {
  return {
    ...(stays !== undefined && { stays }),
    ...(values && { values }),
    ...(command !== undefined && command.length > COMMAND_BYTES_MAX && { wholeCommand: command }),
  };
}
