import { createEmitter } from "../../../driver/emitter.ts";
import { openSink } from "../../../output/sink.ts";
import type { Sink } from "../../../output/sink-types.ts";
import { type Reshow, reshow } from "../output/reshow.ts";
import { sinkOptions } from "../output/sink-options.ts";
import type { JobFrame } from "./job-frame.ts";
import type { JobWork } from "./open-work.ts";

/** Where output goes, and what an earlier run has left to be shown. */
export interface JobOutput {
  readonly sink: Sink;
  /** Of a job that is gone on with. */
  readonly again: Reshow | undefined;
}

export function openOutput(frame: JobFrame, { names }: JobWork, opened: AsyncDisposableStack): JobOutput {
  const { options, journal, stops, notes, progress, there, isTorn, resumed } = frame;
  const shown = createEmitter<number>();
  const sink = openSink(
    sinkOptions({
      options,
      journal,
      names,
      onClosed: stops.close,
      onError: stops.fail,
      onShown: shown.emit,
      onWritten: (beyond) => journal.confirm(beyond),
      overlay: progress?.overlay,
      there,
      resumed,
    }),
  );
  notes.through(sink);
  opened.defer(async () => {
    notes.flush();
    await sink.flush().catch(() => {}); // Its error has been told.
  });
  const again = resumed && reshow(resumed, options, sink, there!);
  shown.on((seq) => {
    journal.shown(seq);
    const wasTorn = isTorn();
    again?.shown(seq);
    // What is on its way now may be half written to the file; after it, it is not.
    if (wasTorn && !isTorn()) setImmediate(notes.flush);
  });
  return { sink, again };
}
