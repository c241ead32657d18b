import { writeFileSync } from "node:fs";
import { bufferOf } from "../bytes/bytes.ts";
import { locateOutput, readKept } from "../journal/kept-output.ts";
import type { OutputRef } from "../journal/records.ts";
import type { ResumedJob } from "../journal/resume.ts";
import type { Sink } from "../output/sink.ts";
import type { Task } from "./task.ts";

/** Shows what the run before had computed and not shown, or not to its end. */
export interface Reshow {
  /** Outputs that come before anything else, because the file that they go to ends in the middle of one. */
  first(): void;
  /** The task has its outcome from the run before; shows its output if nobody has. */
  task(task: Task): void;
}

export function reshow(job: ResumedJob, sink: Sink): Reshow {
  const skips = new Map(job.pending.map(([task, stdout, stderr]) => [task, [stdout, stderr] as const]));
  for (const task of job.held) skips.set(task, [0, 0]);
  const shown = new Set<number>();

  function show(seq: number, rows: Task["rows"]): void {
    const record = job.outcomeOf(seq);
    const [stdoutSkip, stderrSkip] = skips.get(seq) ?? [0, 0];
    shown.add(seq);
    if (record === undefined) return sink.skipped(seq);
    const { command, exitCode, signal, startMs, endMs, slot } = record;
    const place = sink.started({ seq, slot, attempt: -1, command, rows });
    if (place.type === "files") {
      restore(place.stdout, record.stdout, stdoutSkip);
      restore(place.stderr, record.stderr, stderrSkip);
    }
    sink.ended(seq, { exitCode, signal, startMs, endMs, keep: true });
  }

  function restore(path: string, ref: OutputRef | undefined, skip: number): void {
    const output = ref && locateOutput(job.directory, ref);
    if (output === undefined) return;
    const file = bufferOf(path);
    for (const chunk of readKept(output, skip)) writeFileSync(file, chunk, { flag: "a" });
  }

  return {
    first() {
      for (const [task, stdout, stderr] of job.pending) if (stdout + stderr > 0) show(task, []);
    },
    task({ seq, rows }) {
      if (shown.has(seq)) return;
      if (skips.has(seq)) show(seq, rows);
      else sink.skipped(seq);
    },
  };
}
