import { writeFileSync } from "node:fs";
import { bufferOf, encodeText } from "../bytes/bytes.ts";
import { locateOutput, readKept } from "../journal/kept-output.ts";
import type { OutputRef } from "../journal/records.ts";
import type { ResumedJob } from "../journal/resume.ts";
import type { Options } from "../options/options.ts";
import type { Sink } from "../output/sink.ts";
import type { ThereAlready } from "../output/writer.ts";
import type { Task } from "./task.ts";

/** Shows what the run before had computed and not shown, or not to its end. */
export interface Reshow {
  /** Outputs that come before anything else, because the file that they go to may end in the middle of one. */
  first(): void;
  /** The task has its outcome from the run before; shows its output if nobody has. */
  task(task: Task): void;
  /** The task's output is out. */
  shown(seq: number): void;
}

/** What the files that are written to have of the outputs that are shown first. */
export function thereAlready(
  { pending, there, outcomeOf, directory }: ResumedJob,
  options: Options,
): ThereAlready {
  const isWhole = (ref: OutputRef | undefined): boolean => !ref || locateOutput(directory, ref) !== undefined;
  const comesAgain = pending.every((task) => {
    const record = outcomeOf(task);
    return isWhole(record?.stdout) && isWhole(record?.stderr);
  });
  // Otherwise nothing can be left out: it is better there twice than not at all.
  if (!comesAgain || !isShownAlike(options)) return { stdout: { bytes: 0 }, stderr: { bytes: 0 } };
  const stdout = { bytes: there.stdout };
  return { stdout, stderr: there.shared ? stdout : { bytes: there.stderr } };
}

/** A task's output looks the same whoever shows it, and when. */
function isShownAlike(options: Options): boolean {
  if (options.grouping !== "group" || options.latestLine || options.parset !== undefined) return false;
  if (options.files || options.results !== undefined || options.joblog?.path === "-") return false;
  return options.verbose === 0 && !options.printOnStderr && !options.color && !options.colorFailed;
}

export function reshow(job: ResumedJob, sink: Sink, there: ThereAlready): Reshow {
  const pending = new Set(job.pending);
  const notOut = new Set(job.pending);
  const unseen = new Set([...job.pending, ...job.held]);

  function show(seq: number, rows: Task["rows"]): void {
    const record = job.outcomeOf(seq);
    unseen.delete(seq);
    if (record === undefined) return sink.skipped(seq);
    const { command, exitCode, signal, startMs, endMs, slot, tag } = record;
    const host = record.host === undefined ? {} : { host: encodeText(record.host) };
    const place = sink.started({ seq, slot, attempt: -1, command, rows, ...(tag !== undefined && { tag }) });
    if (place.type === "files") {
      restore(place.stdout, record.stdout);
      restore(place.stderr, record.stderr);
    }
    sink.ended(seq, { exitCode, signal, startMs, endMs, keep: true, ...host });
  }

  function restore(path: string, ref: OutputRef | undefined): void {
    const output = ref && locateOutput(job.directory, ref);
    if (output === undefined) return;
    const file = bufferOf(path);
    for (const chunk of readKept(output)) writeFileSync(file, chunk, { flag: "a" });
  }

  return {
    first() {
      for (const task of job.pending) show(task, []);
    },
    task({ seq, rows }) {
      if (pending.has(seq)) return;
      if (unseen.has(seq)) show(seq, rows);
      else sink.skipped(seq);
    },
    shown(seq) {
      if (notOut.delete(seq) && notOut.size === 0) there.stdout.bytes = there.stderr.bytes = 0;
    },
  };
}
