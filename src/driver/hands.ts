import { type ByteString, decodeText } from "../bytes/bytes.ts";
import type { Outcome } from "../core/events.ts";
import type { YonderError } from "../interface/errors.ts";
import type { AttemptEnd, AttemptFiles, Launcher, OutputSpec, StdinSpec } from "../interface/launcher.ts";
import type { Options } from "../options/options.ts";
import type { Host } from "../options/values.ts";
import type { Sink, SinkTask } from "../output/sink-types.ts";
import { SKIP, type Template } from "../template/template.ts";
import { contextOf, type RenderFacts, render, type Templates } from "./command.ts";
import type { Failures } from "./failures.ts";
import type { Gates } from "./gates.ts";
import { type RemoteSource, remoteWorkdir } from "./hosts/remote-source.ts";
import type { JobSource } from "./job-source.ts";
import { sourcesOf } from "./kept-sources.ts";
import type { Attempt, Hands } from "./loop-types.ts";
import type { JobMemo } from "./memo.ts";
import { type OutFile, outFile } from "./out-file.ts";
import { lossOfOutput } from "./output-loss.ts";
import { notesOf, type Recorder } from "./recorder.ts";
import { showReused } from "./show-reused.ts";
import { asFailure, isSuccess } from "./success.ts";
import type { Task } from "./task.ts";
import { removeTemplateFiles, writeTemplateFiles } from "./template-files.ts";
import type { Terminator } from "./term.ts";
import { workdirOf } from "./workdir.ts";

export interface HandsOptions {
  readonly options: Options;
  readonly templates: Templates;
  readonly facts: RenderFacts;
  readonly launcher: Launcher;
  readonly sink: Sink;
  readonly recorder: Recorder;
  /** Names the job. */
  readonly run: string;
  readonly terminator: Terminator;
  readonly env: NodeJS.ProcessEnv;
  /** Jobs could not write all that they had to say. */
  readonly outputLost: (error: YonderError) => void;
  /** A line for the person, without the program's name. */
  readonly say: (line: string) => void;
  readonly gates: Gates;
  readonly failures: Failures;
  readonly memo: JobMemo | undefined;
  readonly resumed: Hands["resumed"];
  readonly inputClosed: (total: number) => void;
  readonly jobSource: JobSource;
  /** The host of a slot; undefined for this machine. */
  readonly hostOf: (slot: number) => Host | undefined;
  readonly remoteSource: RemoteSource | undefined;
  /** What jobs read that are given nothing else. */
  readonly stdin: StdinSpec;
  /** Asks the person (-p); false leaves the job out. */
  readonly confirm: ((command: ByteString) => boolean) | undefined;
}

/** What an attempt needs until it has ended. */
interface InFlight {
  readonly task: Task;
  readonly command: ByteString;
  readonly output: OutputSpec;
  readonly startMs: number;
  readonly out: OutFile | undefined;
  readonly tag: ByteString | undefined;
  /** Made for this task by --template. */
  readonly files: readonly ByteString[];
}

export interface JobHands extends Hands {
  /** The end that counts, from the one that the launcher reports. */
  conclude(end: AttemptEnd): AttemptEnd;
  /** How the last task ended. */
  readonly lastOutcome: Outcome | undefined;
  /** What runs, or is about to. */
  flight(id: number): { readonly command: ByteString; readonly startMs: number } | undefined;
  /** The commands that run, oldest first. */
  running(): Iterable<ByteString>;
}

/** Performs what the scheduler decides. */
export function createHands(parts: HandsOptions): JobHands {
  const { options, templates, facts, launcher, sink, recorder } = parts;
  const inFlight = new Map<number, InFlight>();
  const lossOf = lossOfOutput();
  /** The attempt that ended last: what --halt speaks of. */
  let lastOutcome: Outcome | undefined;
  let last: { readonly id: number; readonly command: ByteString } | undefined;

  function textOf(template: Template | undefined, attempt: Attempt): ByteString | undefined {
    if (template === undefined) return undefined;
    const text = render(template, attempt.task, attempt.slot, facts);
    return text === SKIP ? undefined : text;
  }

  function start(attempt: Attempt): "started" | "skip" {
    const { task, slot } = attempt;
    const command = render(templates.command, task, slot, facts);
    if (command === SKIP) return "skip";
    if (templates.accepts?.(contextOf(task, slot, facts)) === false) return "skip";
    if (parts.confirm !== undefined && !parts.confirm(command)) return "skip";
    const tag = textOf(templates.tag, attempt);
    const resultsPath = textOf(templates.results, attempt);
    const outPath = textOf(templates.out, attempt);
    const out = outPath === undefined ? undefined : outFile(outPath, command, parts.run, task.seq);
    const shown = out?.command ?? command;
    const output = sink.started({
      seq: task.seq,
      slot,
      // Not the attempt's number: one that was taken back and starts again must not meet its own files.
      attempt: attempt.id,
      command: shown,
      ...(tag !== undefined && { tag }),
      rows: task.rows,
      ...(resultsPath !== undefined && { resultsPath }),
    });
    const files = writeTemplateFiles(templates.files, (template) => render(template, task, slot, facts));
    inFlight.set(attempt.id, { task, files, command: shown, output, startMs: Date.now(), out, tag });
    const remote = parts.hostOf(slot) === undefined ? undefined : journeyOf(attempt);
    const fed = task.data?.feed(slot, remote !== undefined);
    launcher.start({
      id: attempt.id,
      slot,
      command: sourceOf(attempt, fed?.wrap?.(shown) ?? shown, remote?.workdir),
      ...(remote && { files: remote }),
      env: [["PARALLEL_SEQ", String(task.seq)], ...(task.env ?? []), ...(fed?.env ?? [])],
      stdin: fed?.stdin ?? parts.stdin,
      output,
    });
    parts.gates.started(attempt.id);
    return "started";
  }

  function sinkTask(task: Task): SinkTask {
    return { seq: task.seq, slot: 0, attempt: 0, command: "", rows: task.rows };
  }

  /** Where an attempt runs on another host, and which files go there and come back. */
  function journeyOf(attempt: Attempt): AttemptFiles {
    const texts = (all: readonly Template[]): ByteString[] =>
      all.flatMap((template) => textOf(template, attempt) ?? []);
    const name = textOf(templates.workdir, attempt);
    return {
      workdir: remoteWorkdir(name, attempt.task.seq),
      isOwnWorkdir: name === "...",
      send: texts(templates.sends),
      fetch: texts(templates.returns),
      cleanup: options.cleanup,
    };
  }

  /** What the shell gets, which is more than what people are shown. */
  function sourceOf(
    attempt: Attempt,
    command: ByteString,
    remoteDirectory: ByteString | undefined,
  ): ByteString {
    if (remoteDirectory !== undefined) {
      return parts.remoteSource!.of(parts.jobSource.of(command, undefined), remoteDirectory);
    }
    const name = textOf(templates.workdir, attempt);
    const isHere = name === undefined || name === ".";
    return parts.jobSource.of(command, isHere ? undefined : workdirOf(name, attempt.task.seq, parts.env));
  }

  /** The end that counts: one whose --out cannot have its name has failed, and one whose data is gone cannot start anew. */
  function conclude({ unstarted, ...end }: AttemptEnd): AttemptEnd {
    const flight = inFlight.get(end.id);
    if (unstarted) return flight?.task.data?.isOnce ? end : { ...end, unstarted };
    const loss = flight?.output.type === "files" ? lossOf(flight.output.stdout, end) : undefined;
    if (loss !== undefined) {
      parts.outputLost(loss);
      return isSuccess(end) ? asFailure(end) : end;
    }
    const out = flight?.out;
    if (out === undefined || !isSuccess(end)) return end;
    const problem = out.commit();
    if (problem === undefined) return end;
    parts.say(`--out: ${problem}`);
    return asFailure(end);
  }

  function finished(attempt: Attempt, end: AttemptEnd, outcome: Outcome | undefined): void {
    const { task } = attempt;
    const slot = end.slot ?? attempt.slot;
    const flight = inFlight.get(attempt.id);
    inFlight.delete(attempt.id);
    lastOutcome = outcome ?? lastOutcome;
    parts.gates.ended(attempt.id);
    last = { id: attempt.id, command: flight?.command ?? "" };
    if (outcome?.type !== "succeeded") flight?.out?.discard();
    task.data?.ended(slot);
    if (outcome !== undefined) {
      task.data?.release();
      if (options.cleanup) removeTemplateFiles(flight?.files ?? []);
    }
    const keep = outcome !== undefined && outcome.type !== "cancelled";
    const counted = keep ? sink.counts(task.seq) : undefined;
    const output = counted?.output ?? flight?.output;
    const sources = keep ? sourcesOf(output, end.wrote) : {};
    const missed = parts.memo?.missed(task.seq);
    const host = parts.hostOf(slot);
    const sendBytes = (task.data?.bytes ?? 0) + (end.sentBytes ?? 0);
    const notes = {
      ...(flight?.tag !== undefined && { tag: flight.tag }),
      ...(missed && { missed }),
      ...(host && { host: decodeText(host.login) }),
      ...(sendBytes > 0 && { sendBytes }),
      ...(end.returnedBytes && { returnBytes: end.returnedBytes }),
      ...(counted && notesOf(counted.again)),
    };
    recorder.finished(attempt, flight?.command ?? "", end, outcome, sources, notes);
    if (outcome?.type === "succeeded") parts.memo?.succeeded(task.seq, output, end);
    if (outcome !== undefined) parts.memo?.forget(task.seq);
    if (outcome !== undefined) parts.failures.add(task.seq, flight?.command ?? "", outcome, output);
    sink.ended(task.seq, {
      ...(outcome !== undefined && outcome.type !== "cancelled" && { outcome: outcome.type }),
      exitCode: end.exit.exitCode,
      signal: end.exit.signal,
      startMs: end.startMs,
      endMs: end.endMs,
      keep,
      ...(end.wrote && { wrote: end.wrote }),
      sendBytes,
      ...(end.returnedBytes !== undefined && { returnBytes: end.returnedBytes }),
      ...(host && { host: host.login }),
    });
    if (!keep && outcome !== undefined) sink.skipped(task.seq);
    if (outcome?.type === "timedOut") {
      parts.say("Warning: This job was killed because it timed out:");
      parts.say(`Warning: ${flight?.command ?? ""}`);
    }
  }

  function returned(attempt: Attempt): void {
    inFlight.get(attempt.id)?.out?.discard();
    inFlight.delete(attempt.id);
    attempt.task.data?.ended(attempt.slot);
  }

  return {
    start,
    returned,
    conclude,
    running: () => [...inFlight.values()].map(({ command }) => command),
    revoke: (attempt) => launcher.revoke(attempt.id),
    terminate: (attempt) => parts.terminator.terminate(attempt.id),
    finished,
    resumed(task) {
      task.data?.release();
      parts.resumed(task);
    },
    get lastOutcome() {
      return lastOutcome;
    },
    flight: (id) => inFlight.get(id),
    settled(seq, task, outcome) {
      const reused = parts.memo?.take(seq);
      if (reused !== undefined && outcome.type === "succeeded") return showReused(parts, task!, reused);
      parts.memo?.forget(seq);
      recorder.settled(seq, outcome);
      // skip() leaves a line in the joblog.
      const isSkipped = outcome.type === "skipped" && task !== undefined;
      sink.skipped(seq, isSkipped ? sinkTask(task) : undefined);
      task?.data?.release();
    },
    haltCounted(effect, attempt) {
      if (effect.why === "success" && !effect.triggered) return;
      const command = attempt?.id === last?.id ? (last?.command ?? "") : "";
      parts.say(
        `This job ${effect.why === "fail" ? "failed" : effect.why === "done" ? "finished" : "succeeded"}:\n${command}`,
      );
      if (effect.halted && options.halt.when === "soon" && effect.running > 0) {
        parts.say(`Starting no more jobs. Waiting for ${effect.running} jobs to finish.`);
      }
    },
    checkGate: parts.gates.pass,
    inputClosed: parts.inputClosed,
  };
}
