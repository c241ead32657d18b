import type { ByteString } from "../../bytes/bytes.ts";
import type { JobObserver } from "../../driver/observers.ts";
import type { CommandTask } from "./command-task.ts";

const WORDS = { fail: "failed", done: "finished", success: "succeeded" } as const;

/**
 * Says which tasks count for --halt, as GNU parallel does.
 *
 * @param isSoon what runs may end
 */
export function haltTeller(
  isSoon: boolean,
  say: (line: ByteString) => void,
): Partial<JobObserver<CommandTask>> {
  /** The attempt that ended last. */
  let last: { readonly seq: number; readonly command: ByteString } | undefined;
  return {
    ended({ attempt }) {
      const { seq, kind } = attempt.task;
      last = { seq, command: kind.describe(attempt) };
    },
    haltCounted({ task, why, triggered, halted, running }) {
      if (why === "success" && !triggered) return;
      say(`This job ${WORDS[why]}:\n${task === last?.seq ? last.command : ""}`);
      if (halted && isSoon && running > 0)
        say(`Starting no more jobs. Waiting for ${running} jobs to finish.`);
    },
  };
}
