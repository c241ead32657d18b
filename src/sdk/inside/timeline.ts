import { runningCount } from "../../core/state.ts";
import type { Track } from "../../output/timeline/timeline.ts";
import { openTimeline } from "../../output/timeline/timeline.ts";
import type { Call } from "../call.ts";
import type { SessionObserver } from "../session/observer.ts";
import type { Session } from "../session.ts";
import { PROCESSES, WAITERS } from "../task-class.ts";
import { callText } from "./preview.ts";

export interface SessionTimeline {
  readonly observer: Partial<SessionObserver>;
  close(): void;
}

/** Of a task with more inputs, arrows would only hide it. */
const FLOWS_MAX = 16;

/**
 * `connect({ trace })`: a timeline of the tasks, with arrows from results to the tasks that waited for them.
 *
 * @throws YonderError OUTPUT where the file cannot be made
 */
export function traceTasks(path: string, session: Session, onError: (error: Error) => void): SessionTimeline {
  const timeline = openTimeline(path, "yonder", Date.now(), onError);
  /** Where results came from that some tasks waited for. */
  const ends = new WeakMap<Call, Track & { readonly startMs: number; readonly endMs: number }>();
  const counts = (): { running: number; waiting: number } => {
    const running = runningCount(session.state);
    return { running, waiting: session.open.size - running };
  };
  return {
    observer: {
      ended(call, { startMs, endMs }, outcome) {
        const track = trackOf(session, call);
        const result = outcome?.type ?? "retried";
        timeline.attempt({
          ...track,
          name: call.fn.name,
          startMs,
          endMs,
          result,
          args: {
            task: call.task,
            attempt: call.attempt,
            call: callText(call),
            ...(result !== "succeeded" && call.error !== undefined && { error: call.error.message }),
          },
        });
        // An entry for each task would cost more than the tasks.
        if (result === "succeeded" && call.dependents !== undefined)
          ends.set(call, { ...track, startMs, endMs });
        const { inputs = [] } = call;
        if (inputs.length <= FLOWS_MAX) {
          for (const input of inputs) {
            const from = ends.get(input);
            // From within the slice: at its very end it belongs to none.
            if (from)
              timeline.flow({ ...from, atMs: (from.startMs + from.endMs) / 2 }, { ...track, atMs: startMs });
          }
        }
        timeline.counts(endMs, counts);
      },
    },
    close: timeline.close,
  };
}

function trackOf({ state }: Session, call: Call): Track {
  if (call.doer !== undefined) return { group: "actors", slot: 0 };
  const { pool } = state.classes[call.class]!.spec;
  return { group: pool === PROCESSES ? "process" : pool === WAITERS ? "waiter" : "thread", slot: call.slot };
}
