import type { JobObserver } from "../driver/observers.ts";
import type { Call, CallTask } from "../kinds/function/call.ts";

/** Shows what tasks write, in whole lines, each with the task that wrote it: `thumbnail#12  line`. */
export function showOutput(write: (stream: 1 | 2, text: string) => void): Partial<JobObserver<CallTask>> {
  /** The beginnings of lines, of each task and stream. */
  const rests = new Map<string, string>();

  const show = (call: Call | undefined, stream: 1 | 2, text: string): void => {
    const tag = call === undefined ? "" : `${call.fn.name}#${call.seq}  `;
    write(stream, `${tag}${text}\n`);
  };
  const flush = (call: Call): void => {
    for (const stream of [1, 2] as const) {
      const key = `${call.seq} ${stream}`;
      const rest = rests.get(key);
      if (rest === undefined) continue;
      rests.delete(key);
      show(call, stream, rest);
    }
  };
  return {
    output(call, stream, text) {
      const key = `${call?.seq ?? 0} ${stream}`;
      const [first, ...lines] = text.split("\n");
      // Only what is new is looked through: a line may come in a million pieces.
      let rest = (rests.get(key) ?? "") + first!;
      for (const line of lines) {
        show(call, stream, rest);
        rest = line;
      }
      if (rest === "") rests.delete(key);
      else rests.set(key, rest);
    },
    ended: ({ attempt }) => {
      if (rests.size > 0) flush(attempt.task);
    },
    stray: (error) => write(2, `yonder: an error outside of every task: ${error.stack ?? error.message}\n`),
  };
}
