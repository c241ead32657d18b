import { type ByteString, encodeText } from "../../../bytes/bytes.ts";
import type { Driver } from "../../../driver/driver.ts";
import { runningAttempts } from "../../../driver/running.ts";
import type { YonderError } from "../../../interface/errors.ts";
import type { Stops } from "./job-end.ts";
import type { StopRequests } from "./stop-signals.ts";

/** Ends a job before its time, and remembers why. */
export interface JobStops {
  readonly why: Stops;
  /** Something is wrong that no task can do without. Said at once, and once; what runs may end, and the journal has it. */
  fail(error: YonderError): void;
  /** Nobody reads our output any more. */
  close(): void;
  /** What signals ask for. */
  requests(suspend: () => void): StopRequests;
}

/** @param say a line for the person, without the program's name */
export function jobStops(driver: Driver, say: (line: ByteString) => void): JobStops {
  const why: Stops = { signal: undefined, closed: false, failure: undefined };

  function running(): ByteString[] {
    return [...runningAttempts(driver)].map(({ attempt }) => attempt.task.kind.describe(attempt));
  }

  return {
    why,
    fail(error) {
      if (why.failure !== undefined) return;
      why.failure = error;
      say(encodeText(`Error: ${error.message}`));
      if (error.remedy !== undefined) say(encodeText(error.remedy));
      driver.drain();
    },
    close() {
      why.closed = true;
      driver.cancel();
    },
    requests: (suspend) => ({
      drain(signal) {
        why.signal = signal;
        driver.drain();
        const commands = running();
        if (commands.length === 0) return;
        say(
          encodeText(
            `No new jobs will be started. Waiting for these ${commands.length} jobs to finish; once more to stop now.`,
          ),
        );
        for (const command of commands) say(command);
      },
      cancel(signal) {
        why.signal = signal;
        driver.cancel();
      },
      suspend,
      list() {
        for (const command of running()) say(command);
      },
    }),
  };
}
