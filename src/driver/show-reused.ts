import type { ByteString } from "../bytes/bytes.ts";
import { nowMs } from "../clock.ts";
import type { Sink } from "../output/sink.ts";
import { SKIP, type Template } from "../template/template.ts";
import { type RenderFacts, render, type Templates } from "./command.ts";
import { sourcesOf } from "./kept-sources.ts";
import type { Reused } from "./memo.ts";
import type { Recorder } from "./recorder.ts";
import type { Task } from "./task.ts";

export interface ReusedParts {
  readonly templates: Templates;
  readonly facts: RenderFacts;
  readonly sink: Sink;
  readonly recorder: Recorder;
}

/** Shows and records a task that was found, as one that has run: in no slot, at no attempt, in no time. */
export function showReused(
  { templates, facts, sink, recorder }: ReusedParts,
  task: Task,
  made: Reused,
): void {
  const { seq, rows } = task;
  const { command } = made;
  const tag = textOf(templates.tag);
  const resultsPath = textOf(templates.results);
  const output = sink.started({
    seq,
    slot: 0,
    attempt: 0,
    command,
    rows,
    ...(tag !== undefined && { tag }),
    ...(resultsPath !== undefined && { resultsPath }),
  });
  const wrote = { stdout: made.stdout !== undefined, stderr: made.stderr !== undefined };
  if (output.type === "files") {
    made.stdout?.writeTo(output.stdout);
    made.stderr?.writeTo(output.stderr);
  }
  const startMs = nowMs();
  const end = { id: 0, exit: { exitCode: 0, signal: 0 }, startMs, endMs: startMs, wrote };
  const attempt = { id: 0, task, attempt: 0, slot: 0 };
  const notes = { reused: true, ...(tag !== undefined && { tag }) } as const;
  recorder.finished(attempt, command, end, { type: "succeeded" }, sourcesOf(output, wrote), notes);
  sink.ended(seq, { exitCode: 0, signal: 0, startMs, endMs: startMs, keep: true, wrote, reused: true });

  function textOf(template: Template | undefined): ByteString | undefined {
    const text = template && render(template, task, 0, facts);
    return text === SKIP ? undefined : text;
  }
}
