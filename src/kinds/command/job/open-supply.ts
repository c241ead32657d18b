import { setTimeout as sleep } from "node:timers/promises";
import { allowsQueueAhead } from "../../../core/policy.ts";
import { createSupply } from "../../../driver/supply.ts";
import type { Sink } from "../../../output/sink-types.ts";
import { createCommandKind } from "../command-kind.ts";
import type { CommandTask } from "../command-task.ts";
import { contactGroup } from "../hosts/job-hosts.ts";
import type { JobMemo } from "../memo/job-memo.ts";
import { BACKLOG_LOOK_MS, isBacklogFull } from "../output/backlog.ts";
import { aheadDepth } from "../slots/ahead-depth.ts";
import { mayQueueAhead } from "../slots/queue-ahead.ts";
import { commandSource } from "../tasks/command-source.ts";
import { whenReachable } from "../tasks/hostgroups.ts";
import type { Task, TaskSource } from "../tasks/task.ts";
import { valueBytes } from "../tasks/value-bytes.ts";
import type { JobFrame } from "./job-frame.ts";
import { type JobSlots, jobSlots } from "./job-slots.ts";
import type { JobControls } from "./open-controls.ts";
import type { JobOutput } from "./open-output.ts";
import type { JobPlaces } from "./open-places.ts";
import type { JobWork } from "./open-work.ts";
import { triesFrom } from "./policy.ts";
import { askAtTerminal, terminalInput } from "./terminal.ts";

export interface JobParts {
  readonly frame: JobFrame;
  readonly places: JobPlaces;
  readonly work: JobWork;
  readonly output: JobOutput;
  readonly controls: JobControls;
}

/** Joins tasks and slots: when the slots are opened, tasks start. */
export function openSupply(parts: JobParts): JobSlots {
  const { frame, places, work, output } = parts;
  const { driver, observers, policy, options, journal, resumed, isInputLost } = frame;
  const { templates, facts, memo } = work;
  const { sink, again } = output;
  const slots = slotsOf(parts);
  observers.add(slots.observer);
  places.slotsChange.on(slots.changed);
  const triesOf = templates.retries && triesFrom(templates.retries, facts);
  const supply = createSupply<CommandTask>(driver, {
    source: commandSource(sourceOf(parts), driver, {
      policy,
      kind: kindOf(parts),
      ...(triesOf && { triesOf }),
    }),
    readAll: "percent" in options.halt,
    room: () => slots.room,
    bytesOf: valueBytes,
    isDone: (task) => resumed?.done(task.seq) || work.isDone(task),
    resumed(task) {
      task.data?.release();
      if (again === undefined) sink.skipped(task.seq);
      else again.task(task);
    },
    closed: (count) => void (isInputLost || journal.total(count)),
    ...(memo && { reuse: (found) => reuse(memo, sink, found) }),
  });
  observers.add(supply.observer);
  return slots;
}

function slotsOf({ frame, places, work }: JobParts): JobSlots {
  const { layout, room, fleet } = places;
  const { allAtOnce } = work;
  const isAhead = mayQueueAhead(frame.options, work.slots(), room.files) && allowsQueueAhead(frame.policy);
  return jobSlots(
    frame.driver,
    () => (allAtOnce === undefined || fleet ? layout() : room.fit({ slots: allAtOnce })),
    aheadDepth(isAhead),
  );
}

function sourceOf({ frame, places, work }: JobParts): TaskSource {
  const { fleet } = places;
  return fleet !== undefined && frame.options.hostgroups
    ? whenReachable(work.source, (numbers) => contactGroup(numbers.map((number) => fleet.hosts[number - 1]!)))
    : work.source;
}

function kindOf({ frame, places, work, output, controls }: JobParts): ReturnType<typeof createCommandKind> {
  const { options, env, journal, stops, say } = frame;
  const { launcher, fleet, jobSource, memory } = places;
  const { templates, facts, memo } = work;
  const usesTerminal = options.tty || options.openTty;
  return createCommandKind({
    options,
    templates,
    facts,
    launcher,
    sink: output.sink,
    run: journal.id || String(process.pid),
    terminator: controls.terminator,
    env,
    outputLost: stops.fail,
    say,
    jobSource,
    isRemote: (slot) => fleet?.hostOf(slot) !== undefined,
    hostOf: (slot) => fleet?.hostOf(slot),
    memoryOf: memory.bytesIn,
    remoteSource: fleet?.source,
    stdin: usesTerminal ? terminalInput() : { type: options.semaphore ? "inherit" : "null" },
    confirm: options.interactive ? askAtTerminal() : undefined,
    memo,
  });
}

/** Looks as many up as there is room for what they give. */
async function reuse(memo: JobMemo, sink: Sink, tasks: readonly Task[]): Promise<ReadonlySet<number>> {
  while (isBacklogFull(sink)) await sleep(BACKLOG_LOOK_MS);
  return memo.lookUp(tasks);
}
