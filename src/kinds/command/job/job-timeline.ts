import { type ByteString, bufferOf, encodeText } from "../../../bytes/bytes.ts";
import { nowMs } from "../../../clock.ts";
import type { Driver } from "../../../driver/driver.ts";
import type { JobObserver } from "../../../driver/observers.ts";
import { timelineObserver } from "../../../driver/record/timeline-observer.ts";

export interface JobTimeline {
  readonly observer: Partial<JobObserver>;
  close(): void;
}

/**
 * --trace; without it, nothing.
 *
 * @param say a line for the person, without the program's name
 * @throws YonderError OUTPUT where the file cannot be made
 */
export async function openJobTimeline(
  path: ByteString | undefined,
  driver: Driver,
  say: (line: ByteString) => void,
): Promise<JobTimeline> {
  if (path === undefined) return { observer: {}, close: () => {} };
  const { openTimeline } = await import("../../../output/timeline/timeline.ts");
  const timeline = openTimeline(bufferOf(path), "yonder", nowMs(), ({ message }) =>
    say(encodeText(`Warning: the trace ends here, since it cannot be written: ${message}`)),
  );
  return { observer: timelineObserver(timeline, driver), close: timeline.close };
}
