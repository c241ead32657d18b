import { type ByteString, bufferOf } from "../bytes/bytes.ts";
import { nowMs } from "../clock.ts";
import type { AttemptOutput } from "../journal/writer.ts";
import type { Fetched } from "../memo/streams.ts";
import type { Sink, SinkEnd } from "../output/sink-types.ts";
import { SKIP, type Template } from "../template/template.ts";
import { type RenderFacts, render, type Templates } from "./command.ts";
import { sourcesOf } from "./kept-sources.ts";
import type { Reused } from "./memo.ts";
import { notesOf, type Recorder } from "./recorder.ts";
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
  const { command, exitCode } = made;
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
  const texts = sink.takesTexts ? textsOf(made) : undefined;
  if (output.type === "files" && texts === undefined) {
    made.stdout?.writeTo(output.stdout);
    made.stderr?.writeTo(output.stderr);
  }
  const counted = sink.counts(seq);
  const startMs = nowMs();
  const end = { id: 0, exit: { exitCode, signal: 0 }, startMs, endMs: startMs, wrote };
  const attempt = { id: 0, task, attempt: 0, slot: 0 };
  const notes = {
    reused: true,
    ...(tag !== undefined && { tag }),
    ...(counted && notesOf(counted.again)),
  } as const;
  recorder.finished(
    attempt,
    command,
    end,
    { type: "succeeded" },
    texts ? sourcesOfTexts(texts) : sourcesOf(counted?.output, wrote),
    notes,
  );
  sink.ended(seq, {
    exitCode,
    signal: 0,
    outcome: "succeeded",
    startMs,
    endMs: startMs,
    keep: true,
    wrote,
    reused: true,
    ...(texts && { texts }),
  });

  function textOf(template: Template | undefined): ByteString | undefined {
    const text = template && render(template, task, 0, facts);
    return text === SKIP ? undefined : text;
  }
}

/** Very many may wait for a slow task whose turn it is (-k), with these texts in memory. */
const TEXT_BYTES_MAX = 1024;

/** Short outputs, as texts: files would cost more than all else about such a task. Undefined for long ones. */
function textsOf({ stdout, stderr }: Reused): SinkEnd["texts"] | undefined {
  const [out, err] = [textIn(stdout), textIn(stderr)];
  if (out === undefined || err === undefined || out.length + err.length > TEXT_BYTES_MAX) return undefined;
  return { stdout: out, stderr: err };
}

function textIn(stream: Fetched | undefined): ByteString | undefined {
  return stream === undefined ? "" : stream.text;
}

function sourcesOfTexts({ stdout, stderr }: SinkEnd["texts"] & {}): AttemptOutput {
  const source = (text: ByteString) => ({ type: "bytes", bytes: bufferOf(text), isUnseen: true }) as const;
  return {
    ...(stdout !== "" && { stdout: source(stdout) }),
    ...(stderr !== "" && { stderr: source(stderr) }),
  };
}
