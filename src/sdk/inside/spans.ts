import type { Context, Span, SpanAttributes, Tracer } from "@opentelemetry/api";
import type { JobObserver } from "../../driver/observers.ts";
import type { Call, CallTask } from "../../kinds/function/call.ts";
import { VERSION } from "../../version.ts";

/** Where @opentelemetry/api keeps what a program has registered; its own promise, so that its copies find each other. */
const REGISTRY = Symbol.for("opentelemetry.js.api.1");

/**
 * A span for each attempt of a task, below the span that was active at `run()`. Undefined where the program has registered no
 * tracer provider: then nothing of OpenTelemetry is even loaded.
 *
 * @param id the job's
 */
export async function spanObserver(id: string): Promise<Partial<JobObserver<CallTask>> | undefined> {
  const registry = (globalThis as { [REGISTRY]?: { trace?: unknown } })[REGISTRY];
  if (registry?.trace === undefined) return undefined;
  let api: typeof import("@opentelemetry/api");
  try {
    api = await import("@opentelemetry/api");
  } catch {
    return undefined; // an optional peer: the program's own copy cannot be reached from here
  }
  const { context, trace, ROOT_CONTEXT } = api;
  const tracer = trace.getTracer("yonder", VERSION);
  const parents = new WeakMap<Call, Context>();
  return {
    added(call) {
      const active = context.active();
      if (active !== ROOT_CONTEXT) parents.set(call, active);
    },
    ended({ attempt, end: { startMs, endMs } }, outcome) {
      const { task: call } = attempt;
      const span = open(tracer, call, startMs, parents.get(call) ?? ROOT_CONTEXT, {
        "yonder.job": id,
        "yonder.outcome": outcome?.type ?? "retried",
      });
      if (outcome?.type !== "succeeded") fail(span, api.SpanStatusCode.ERROR, call.error, endMs);
      span.end(endMs);
    },
  };
}

/** Made at its end, when its start is known: what waits in a worker has not begun. */
function open(tracer: Tracer, call: Call, startMs: number, parent: Context, more: SpanAttributes): Span {
  const attributes = {
    "yonder.task": call.seq,
    "yonder.attempt": call.attempt,
    "yonder.slot": call.slot,
    "code.function.name": call.fn.name,
    ...more,
  };
  return tracer.startSpan(call.fn.name, { startTime: startMs, attributes }, parent);
}

function fail(span: Span, code: number, error: Error | undefined, atMs: number): void {
  if (error !== undefined) span.recordException(error, atMs);
  span.setStatus({ code, ...(error !== undefined && { message: error.message }) });
}
