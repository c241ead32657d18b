import { encodeText } from "../../bytes/bytes.ts";
import { ask } from "../../journal/asks.ts";
import type { JobView } from "../../journal/job-view.ts";
import type { RunningAttempt } from "../../journal/status.ts";
import type { TaskExplanation } from "../../sdk/inside/explanation.ts";

/** A program looks for questions ten times a second, while it lets its event loop turn. */
const PATIENCE_MS = 2000;

/** What the program that runs the job says of a task that has no outcome. */
export async function askProgram(
  view: JobView,
  task: number,
): Promise<{ state: string; reasons: string[]; running: RunningAttempt[] }> {
  const answer = await ask(view.directory, { type: "explain", task }, PATIENCE_MS);
  if (answer === undefined) {
    const pid = view.driver?.pid ?? "its";
    return {
      state: "unknown",
      reasons: [`the program (process ${pid}) is busy, and does not answer`],
      running: [],
    };
  }
  if (answer === null)
    return { state: "unknown", reasons: ["the program has no such task now"], running: [] };
  const { state, reasons, slot, startedMs, attempt, call } = answer as TaskExplanation;
  const command = encodeText(call);
  const isRunning = state === "running" && startedMs !== undefined;
  return {
    state,
    reasons: [...reasons],
    running: isRunning ? [{ task, attempt, slot: slot ?? 0, startMs: startedMs, command }] : [],
  };
}
