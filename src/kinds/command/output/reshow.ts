import { existsSync, rmSync, writeFileSync } from "node:fs";
import { type ByteString, bufferOf, encodeText } from "../../../bytes/bytes.ts";
import type { OutputSpec } from "../../../interface/launcher.ts";
import { locateOutput, readKept } from "../../../journal/kept-output.ts";
import type { OutcomeRecord, OutputRef } from "../../../journal/records.ts";
import type { ResumedJob } from "../../../journal/resume.ts";
import type { Options } from "../../../options/options.ts";
import { isSeqWritten, resultsFiles } from "../../../output/results.ts";
import type { Sink, SinkEnd, SinkTask } from "../../../output/sink-types.ts";
import type { ThereAlready } from "../../../output/writer-types.ts";
import type { Task } from "../tasks/task.ts";
import { keepsBoth } from "./sink-options.ts";

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
  const isWhole = (ref: OutputRef | undefined): boolean =>
    !ref || typeof locateOutput(directory, ref) === "object";
  const comesAgain = pending.every((task) => {
    const record = outcomeOf(task);
    return (record?.stays !== undefined || isWhole(record?.stdout)) && isWhole(record?.stderr);
  });
  // Otherwise nothing can be left out: it is better there twice than not at all.
  if (!comesAgain || !isShownAlike(options)) return { stdout: { bytes: 0 }, stderr: { bytes: 0 } };
  const stdout = { bytes: there.stdout };
  return { stdout, stderr: there.shared ? stdout : { bytes: there.stderr } };
}

/** A task's output looks the same whoever shows it, and when. */
function isShownAlike({ grouping, latestLine, joblog, printOnStderr }: Options): boolean {
  return grouping === "group" && !latestLine && joblog?.path !== "-" && !printOnStderr;
}

export function reshow(job: ResumedJob, options: Options, sink: Sink, there: ThereAlready): Reshow {
  const pending = new Set(job.pending);
  const notOut = new Set(job.pending);
  const unseen = new Set([...job.pending, ...job.held]);

  function show(seq: number, rows: Task["rows"]): void {
    const record = job.outcomeOf(seq);
    unseen.delete(seq);
    if (record === undefined) return sink.skipped(seq);
    const task = taskOf(record, rows);
    if (record.outcome === "skipped") return sink.skipped(seq, task);
    const place = sink.started(task);
    if (place.type === "files") restore(record, place);
    sink.ended(seq, endOf(record));
  }

  function taskOf(record: OutcomeRecord, rows: Task["rows"]): SinkTask {
    const { task: seq, slot, tag, stays, values } = record;
    return {
      seq,
      slot,
      attempt: -1,
      command: record.wholeCommand ?? record.command,
      rows: values === undefined ? rows : [values],
      ...(tag !== undefined && { tag }),
      ...(stays !== undefined && { stays }),
    };
  }

  function restore(record: OutcomeRecord, place: Extract<OutputSpec, { type: "files" }>): void {
    const isThere = record.stays !== undefined && isFinished(record.stays, place.stdout);
    if (!isThere) bring(record.task, place.stdout, record.stdout);
    if (!isThere || !keepsBoth(options)) bring(record.task, place.stderr, record.stderr);
  }

  /** What was to stay had its name before the task had its outcome. Whether it has been compressed, only `seq` tells. */
  function isFinished(stays: ByteString, stdout: ByteString): boolean {
    if (!options.compress) return keepsBoth(options) || existsSync(bufferOf(stdout));
    return keepsBoth(options) && isSeqWritten(resultsFiles(stays).seq);
  }

  function bring(task: number, path: ByteString, ref: OutputRef | undefined): void {
    const output = ref && locateOutput(job.directory, ref);
    if (output === "damaged") {
      job.journal.note(`yonder: Warning: what task ${task} has written is damaged in ${job.directory}\n`);
    }
    if (typeof output !== "object") return;
    const file = bufferOf(path);
    // It may be a link to what is kept.
    rmSync(file, { force: true });
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

function endOf(record: OutcomeRecord): SinkEnd {
  const { outcome, exitCode, signal, startMs, endMs, host, reused, sendBytes, returnBytes } = record;
  return {
    outcome: outcome === "timed-out" ? "timedOut" : outcome === "succeeded" ? "succeeded" : "failed",
    exitCode,
    signal,
    startMs,
    endMs,
    keep: true,
    ...(host !== undefined && { host: encodeText(host) }),
    ...(reused && { reused }),
    ...(sendBytes !== undefined && { sendBytes }),
    ...(returnBytes !== undefined && { returnBytes }),
  };
}
