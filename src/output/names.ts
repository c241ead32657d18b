import type { Show, ShowOptions } from "./show.ts";
import { hasFailed, taskTransform } from "./task.ts";
import type { Writer } from "./writer-types.ts";

/**
 * --files and --results with files: the output stays in its files. With --files their names are printed, and standard
 * error too, which has no file then (GNU parallel drops it).
 */
export function namesShow(options: ShowOptions, writer: Writer): Show {
  const hasTree = options.results !== undefined;
  return {
    keepsStdout: true,
    keepsStderr: hasTree,
    started: () => {},
    ended: (ended, sizes) => {
      const { place, task } = ended;
      if (place === undefined) return;
      if (options.files === true) {
        writer.bytes(options.stdout, `${task.tag === undefined ? "" : `${task.tag}\t`}${place.stdout}\n`);
      }
      if (hasTree || sizes.stderr === 0) return;
      writer.file(options.stderr, place.stderr, { transform: taskTransform(ended, hasFailed(ended.end)) });
    },
  };
}
