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
interface UnderWay extends Launched {
  /** Its output, where that counts. */
  counted?: Counted;
}

export type CommandKind = TaskKind<CommandTask, RenderedCommand, AttemptEnd, CommandEnd>;

/** Commands, which a shell runs: here, or on hosts that ssh reaches. */
export function createCommandKind(parts: CommandKindParts): CommandKind {
  const { launcher, sink, memo } = parts;
  const underWay = new Map<number, UnderWay>();
  const lossOf = lossOfOutput();
  const reused = createReused(parts);
  type OfCommand = Over<CommandTask, CommandEnd>;

  function launchedOf({ attempt }: OfCommand): UnderWay | undefined {
    return underWay.get(attempt.id);
  }

  /** One whose --out cannot have its name has failed, and one whose data is gone cannot start anew. */
  function countedEnd(launched: UnderWay | undefined, { unstarted, ...end }: AttemptEnd): AttemptEnd {
    if (unstarted) return launched?.attempt.task.data?.isOnce ? end : { ...end, unstarted };
    const loss = launched?.output.type === "files" ? lossOf(launched.output.stdout, end) : undefined;
    if (loss !== undefined) {
      parts.outputLost(loss);
      return isSuccess(end) ? asFailure(end) : end;
    }
    const out = launched?.out;
    if (out === undefined || !isSuccess(end)) return end;
    const problem = out.commit();
    if (problem === undefined) return end;
    parts.say(`--out: ${problem}`);
    return asFailure(end);
  }

  function keepAttempt(over: OfCommand, outcome: Outcome | undefined): void {
    const { task } = over.attempt;
    const launched = launchedOf(over);
    if (outcome?.type !== "succeeded") launched?.out?.discard();
    task.data?.ended(slotOf(over));
    if (outcome === undefined) return;
    task.data?.release();
    if (parts.options.cleanup) removeTemplateFiles(launched?.files ?? []);
    if (launched !== undefined && isKept(outcome)) {
      const counted = sink.counts(task.seq);
      if (counted !== undefined) launched.counted = counted;
    }
  }

  function recordAttempt(over: OfCommand, outcome: Outcome | undefined): TaskRecord {
    const { attempt, end } = over;
    const launched = launchedOf(over);
    const output = launched?.counted?.output ?? launched?.output;
    const missed = memo?.missed(attempt.task.seq);
    const host = parts.hostOf(slotOf(over));
    const sendBytes = sentBytes(over);
    return {
      ran: {
        ...end.exit,
        command: launched?.command ?? "",
        ...(host && { host: decodeText(host.login) }),
        ...(end.lost !== undefined && { lost: end.lost }),
      },
      notes: {
        ...(launched?.tag !== undefined && { tag: launched.tag }),
        ...(missed && { missed }),
        ...(sendBytes > 0 && { sendBytes }),
        ...(end.returnedBytes && { returnBytes: end.returnedBytes }),
        ...(launched?.counted && notesOf(launched.counted.again)),
      },
      output: isKept(outcome) ? sourcesOf(output, end.wrote) : {},
    };
  }

  function showAttempt(over: OfCommand, outcome: Outcome | undefined): void {
    const { attempt, end } = over;
    const { seq } = attempt.task;
    const launched = launchedOf(over);
    const host = parts.hostOf(slotOf(over));
    const keep = isKept(outcome);
    underWay.delete(attempt.id);
    if (outcome?.type === "succeeded")
      memo?.succeeded(seq, launched?.counted?.output ?? launched?.output, end);
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
      parts.say(`Warning: ${launched?.command ?? ""}`);
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
    launch: (attempt, rendered) => void underWay.set(attempt.id, launchCommand(parts, attempt, rendered)),
    revoke: ({ id }) => launcher.revoke(id),
    stop: ({ id }) => parts.terminator.terminate(id),
    returned({ id, task, slot }) {
      underWay.get(id)?.out?.discard();
      underWay.delete(id);
      task.data?.ended(slot);
    },
    conclude({ id }, reported) {
      const end = countedEnd(underWay.get(id), reported);
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
    describe: ({ id }): ByteString => underWay.get(id)?.command ?? "",
    slice: ({ attempt, end }) => ({
      group: "slot",
      slot: attempt.slot,
      name: decodeText(underWay.get(attempt.id)?.command ?? ""),
      args: {
        task: attempt.task.seq,
        attempt: attempt.number,
        exitCode: end.exit.exitCode,
        ...(end.exit.signal !== 0 && { signal: end.exit.signal }),
      },
    }),
    memoryOf: ({ slot }) => parts.memoryOf(slot),
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
