import { type ByteString, decodeText } from "../../bytes/bytes.ts";
import type { Outcome } from "../../core/events.ts";
import type { Ended, Over, TaskKind } from "../../driver/kind.ts";
import type { TaskRecord } from "../../driver/record/task-record.ts";
import type { YonderError } from "../../interface/errors.ts";
import type { AttemptEnd } from "../../interface/launcher.ts";
import type { Host } from "../../options/values.ts";
import type { Counted } from "../../output/sink-types.ts";
import type { CommandTask } from "./command-task.ts";
import { type Launched, type LaunchParts, launchCommand } from "./launch.ts";
import type { JobMemo } from "./memo/job-memo.ts";
import { notesOf } from "./outcome-notes.ts";
import { sourcesOf } from "./output/kept-sources.ts";
import { lossOfOutput } from "./output/output-loss.ts";
import { type RenderedCommand, type RenderParts, renderCommand } from "./render.ts";
import { createReused } from "./reused.ts";
import { asFailure, isSuccess } from "./slots/success.ts";
import type { Terminator } from "./slots/terminator.ts";
import { removeTemplateFiles } from "./text/template-files.ts";

export interface CommandKindParts extends RenderParts, LaunchParts {
  readonly terminator: Terminator;
  readonly memo: JobMemo | undefined;
  /** The host of a slot; undefined for this machine. */
  readonly hostOf: (slot: number) => Host | undefined;
  /** How much memory what runs in a slot takes now, in bytes; undefined where nobody can say. */
  readonly memoryOf: (slot: number) => number | undefined;
  /** Jobs could not write all that they had to say. */
  readonly outputLost: (error: YonderError) => void;
  /** A line for the person, without the program's name. */
  readonly say: (line: string) => void;
}

/** How a command has ended. */
export interface CommandEnd extends AttemptEnd, Ended {}

/** An attempt from its launch until all know how it has ended. */
interface Flight extends Launched {
  /** Its output, where that counts. */
  counted?: Counted;
}

export interface CommandKind extends TaskKind<CommandTask, RenderedCommand, AttemptEnd, CommandEnd> {
  /** An attempt that was launched, by its id. */
  launched(id: number): Launched | undefined;
}

/** Commands, which a shell runs: here, or on hosts that ssh reaches. */
export function createCommandKind(parts: CommandKindParts): CommandKind {
  const { launcher, sink, memo } = parts;
  const flights = new Map<number, Flight>();
  const lossOf = lossOfOutput();
  const reused = createReused(parts);
  type OfCommand = Over<CommandTask, CommandEnd>;

  function flightOf({ attempt }: OfCommand): Flight | undefined {
    return flights.get(attempt.id);
  }

  /** One whose --out cannot have its name has failed, and one whose data is gone cannot start anew. */
  function truthOf(flight: Flight | undefined, { unstarted, ...end }: AttemptEnd): AttemptEnd {
    if (unstarted) return flight?.attempt.task.data?.isOnce ? end : { ...end, unstarted };
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

  function keepAttempt(over: OfCommand, outcome: Outcome | undefined): void {
    const { task } = over.attempt;
    const flight = flightOf(over);
    if (outcome?.type !== "succeeded") flight?.out?.discard();
    task.data?.ended(slotOf(over));
    if (outcome === undefined) return;
    task.data?.release();
    if (parts.options.cleanup) removeTemplateFiles(flight?.files ?? []);
    if (flight !== undefined && isKept(outcome)) {
      const counted = sink.counts(task.seq);
      if (counted !== undefined) flight.counted = counted;
    }
  }

  function recordAttempt(over: OfCommand, outcome: Outcome | undefined): TaskRecord {
    const { attempt, end } = over;
    const flight = flightOf(over);
    const output = flight?.counted?.output ?? flight?.output;
    const missed = memo?.missed(attempt.task.seq);
    const host = parts.hostOf(slotOf(over));
    const sendBytes = sentBytes(over);
    return {
      ran: {
        ...end.exit,
        command: flight?.command ?? "",
        ...(host && { host: decodeText(host.login) }),
        ...(end.lost !== undefined && { lost: end.lost }),
      },
      notes: {
        ...(flight?.tag !== undefined && { tag: flight.tag }),
        ...(missed && { missed }),
        ...(sendBytes > 0 && { sendBytes }),
        ...(end.returnedBytes && { returnBytes: end.returnedBytes }),
        ...(flight?.counted && notesOf(flight.counted.again)),
      },
      output: isKept(outcome) ? sourcesOf(output, end.wrote) : {},
    };
  }

  function showAttempt(over: OfCommand, outcome: Outcome | undefined): void {
    const { attempt, end } = over;
    const { seq } = attempt.task;
    const flight = flightOf(over);
    const host = parts.hostOf(slotOf(over));
    const keep = isKept(outcome);
    flights.delete(attempt.id);
    if (outcome?.type === "succeeded") memo?.succeeded(seq, flight?.counted?.output ?? flight?.output, end);
    if (outcome !== undefined) memo?.forget(seq);
    sink.ended(seq, {
      ...(isKept(outcome) && { outcome: outcome.type }),
      exitCode: end.exit.exitCode,
      signal: end.exit.signal,
      startMs: end.startMs,
      endMs: end.endMs,
      keep,
      ...(end.wrote && { wrote: end.wrote }),
      sendBytes: sentBytes(over),
      ...(end.returnedBytes !== undefined && { returnBytes: end.returnedBytes }),
      ...(host && { host: host.login }),
    });
    if (!keep && outcome !== undefined) sink.skipped(seq);
    if (outcome?.type === "timedOut") {
      parts.say("Warning: This job was killed because it timed out:");
      parts.say(`Warning: ${flight?.command ?? ""}`);
    }
  }

  function showSettled(task: CommandTask, outcome: Outcome): void {
    if (reused.show(task.seq)) return;
    memo?.forget(task.seq);
    // skip() leaves a line in the joblog.
    const isSkipped = outcome.type === "skipped";
    sink.skipped(
      task.seq,
      isSkipped ? { seq: task.seq, slot: 0, attempt: 0, command: "", rows: task.rows } : undefined,
    );
    task.data?.release();
  }

  return {
    name: "command",
    inputs: ({ seq }) => (memo?.isFound(seq) ? "missing" : "there"),
    render: (attempt) => renderCommand(parts, attempt),
    launch: (attempt, rendered) => void flights.set(attempt.id, launchCommand(parts, attempt, rendered)),
    revoke: ({ id }) => launcher.revoke(id),
    stop: ({ id }) => parts.terminator.terminate(id),
    returned({ id, task, slot }) {
      flights.get(id)?.out?.discard();
      flights.delete(id);
      task.data?.ended(slot);
    },
    conclude({ id }, reported) {
      const end = truthOf(flights.get(id), reported);
      const { exitCode, signal } = end.exit;
      // The scheduler knows one status that is a success.
      return { ...end, exitCode: end.isOk ? 0 : exitCode, signal, interrupted: end.unstarted === true };
    },
    keep(task, outcome, over) {
      if (over !== undefined) keepAttempt(over, outcome);
      else if (outcome?.type === "succeeded") reused.keep(task);
    },
    record: ({ seq }, outcome, over) =>
      over === undefined ? (reused.record(seq) ?? NEVER_RAN) : recordAttempt(over, outcome),
    show(task, outcome, over) {
      if (over !== undefined) showAttempt(over, outcome);
      else if (outcome !== undefined) showSettled(task, outcome);
    },
    describe: ({ id }): ByteString => flights.get(id)?.command ?? "",
    slice: ({ attempt, end }) => ({
      group: "slot",
      slot: attempt.slot,
      name: decodeText(flights.get(attempt.id)?.command ?? ""),
      args: {
        task: attempt.task.seq,
        attempt: attempt.number,
        exitCode: end.exit.exitCode,
        ...(end.exit.signal !== 0 && { signal: end.exit.signal }),
      },
    }),
    memoryOf: ({ slot }) => parts.memoryOf(slot),
    launched: (id) => flights.get(id),
  };
}

const NEVER_RAN: TaskRecord = { ran: { command: "", exitCode: 0, signal: 0 } };

type Kept = Exclude<Outcome, { readonly type: "cancelled" }>;

/** What a task that was cancelled has written counts for nothing. */
function isKept(outcome: Outcome | undefined): outcome is Kept {
  return outcome !== undefined && outcome.type !== "cancelled";
}

function slotOf({ attempt, end }: Over<CommandTask, CommandEnd>): number {
  return end.slot ?? attempt.slot;
}

function sentBytes({ attempt, end }: Over<CommandTask, CommandEnd>): number {
  return (attempt.task.data?.bytes ?? 0) + (end.sentBytes ?? 0);
}
