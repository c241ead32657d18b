import type { ByteString } from "../bytes/bytes.ts";
import { startedAgain } from "../kinds/command/job/job-shell.ts";
import type { CommandLine } from "../options/parse.ts";
import { runUnderSemaphore } from "../semaphore/run.ts";

/** `sem`, and --semaphore: runs the job when a semaphore lets it. */
export function underSemaphore(
  line: CommandLine,
  tell: (text: ByteString) => void,
  start: () => Promise<number>,
): Promise<number> {
  const { options } = line;
  const { jobs } = options;
  return runUnderSemaphore(
    {
      env: process.env,
      backgroundEnv: () => startedAgain(process.env),
      name: options.semaphoreName,
      limit: jobs?.type === "count" ? jobs.count : 1,
      timeoutMs: options.semaphoreTimeoutMs,
      fg: options.fg,
      wait: options.wait,
      warn: (text) => tell(`Warning: ${text}`),
    },
    start,
  );
}
