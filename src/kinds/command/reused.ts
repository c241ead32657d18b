import { type ByteString, bufferOf } from "../../bytes/bytes.ts";
import { nowMs } from "../../clock.ts";
import type { TaskRecord } from "../../driver/record/task-record.ts";
import type { AttemptOutput } from "../../journal/writer.ts";
import type { Fetched } from "../../memo/streams.ts";
import type { Sink, SinkEnd } from "../../output/sink-types.ts";
import type { CommandTask } from "./command-task.ts";
import type { JobMemo, Reused } from "./memo/job-memo.ts";
import { notesOf } from "./outcome-notes.ts";
import { sourcesOf } from "./output/kept-sources.ts";
import { textOf } from "./render.ts";
import type { RenderFacts, Templates } from "./text/templates.ts";

export interface ReusedParts {
  readonly templates: Templates;
  readonly facts: RenderFacts;
  readonly sink: Sink;
  readonly memo: JobMemo | undefined;
}

/** Records and shows tasks that the memo has found, as ones that have run: in no slot, at no attempt, in no time. */
export interface ReusedTasks {
  /** Takes what the memo has for the task; does nothing where that is nothing. */
  keep(task: CommandTask): void;
  /** Undefined for a task that was not reused. */
  record(seq: number): TaskRecord | undefined;
  /** False for a task that was not reused. */
  show(seq: number): boolean;
}

export function createReused({ templates, facts, sink, memo }: ReusedParts): ReusedTasks {
  const taken = new Map<number, { readonly record: TaskRecord; readonly end: SinkEnd }>();

  function begin(task: CommandTask, made: Reused): void {
    const { seq, rows } = task;
    const { command, exitCode } = made;
    const tag = textOf(templates.tag, task, 0, facts);
    const resultsPath = textOf(templates.results, task, 0, facts);
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
    const exit = { exitCode, signal: 0 };
    const startMs = nowMs();
    taken.set(seq, {
      record: {
        ran: { ...exit, command },
        notes: {
          reused: true,
          ...(tag !== undefined && { tag }),
          ...(counted && notesOf(counted.again)),
        },
        output: texts ? sourcesOfTexts(texts) : sourcesOf(counted?.output, wrote),
      },
      end: {
        ...exit,
        outcome: "succeeded",
        startMs,
        endMs: startMs,
        keep: true,
        wrote,
        reused: true,
        ...(texts && { texts }),
      },
    });
  }

  return {
    keep(task) {
      const made = memo?.take(task.seq);
      if (made !== undefined) begin(task, made);
    },
    record: (seq) => taken.get(seq)?.record,
    show(seq) {
      const one = taken.get(seq);
      if (one === undefined) return false;
      taken.delete(seq);
      sink.ended(seq, one.end);
      return true;
    },
  };
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
