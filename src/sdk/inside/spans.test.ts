import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { connect } from "../connect.ts";
import * as tasks from "../testing/tasks.ts";
import { spanObserver } from "./spans.ts";

const options = { threads: 2, journal: false, progress: false } as const;

/** A program that has OpenTelemetry set up, as its own docs say. */
function register(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter();
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
  return exporter;
}

afterEach(() => {
  trace.disable();
  context.disable();
});

function ms([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1000 + nanos / 1e6;
}

test("a span for each attempt, below the span that was active at run()", async () => {
  const exporter = register();
  const y = await connect(options);
  const tracer = trace.getTracer("test");
  await tracer.startActiveSpan("request", async (parent) => {
    await y.run(tasks.spin, 30);
    parent.end();
  });
  await y.run(tasks.add, 1, 2);
  await y.close();
  const spans = exporter.getFinishedSpans();
  const named = (name: string): ReadableSpan => spans.find((span) => span.name === name)!;
  const [request, spin, add] = ["request", "spin", "add"].map(named);
  assert.equal(spin!.parentSpanContext?.spanId, request!.spanContext().spanId);
  assert.equal(spin!.spanContext().traceId, request!.spanContext().traceId);
  assert.equal(add!.parentSpanContext, undefined);
  const { attributes } = spin!;
  assert.deepEqual(
    ["yonder.task", "yonder.attempt", "yonder.outcome", "code.function.name"].map((key) => attributes[key]),
    [1, 1, "succeeded", "spin"],
  );
  const tookMs = ms(spin!.endTime) - ms(spin!.startTime);
  assert.ok(tookMs >= 29 && ms(spin!.startTime) >= ms(request!.startTime) - 1, `${tookMs} ms`);
});

test("a failed attempt's span has its error", async () => {
  const exporter = register();
  const y = await connect(options);
  await y.with({ retries: { count: 1 } }).run(tasks.failsAtFirst, 1, "not yet");
  await y.close();
  const [first, second] = exporter.getFinishedSpans();
  assert.deepEqual(first!.status, { code: SpanStatusCode.ERROR, message: "not yet" });
  const event = first!.events[0]!;
  assert.deepEqual([event.name, event.attributes!["exception.message"]], ["exception", "not yet"]);
  assert.equal(first!.attributes["yonder.outcome"], "retried");
  assert.equal(second!.status.code, SpanStatusCode.UNSET);
  assert.deepEqual(
    [first, second].map((span) => span!.attributes["yonder.attempt"]),
    [1, 2],
  );
});

test("without a registered provider nothing observes", async () => {
  assert.equal(await spanObserver("id"), undefined);
});
