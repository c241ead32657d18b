import { encodeText } from "../../../bytes/bytes.ts";
import { openSlots } from "../hosts/layout.ts";
import type { JobMemo } from "../memo/job-memo.ts";
import type { JobTasks } from "../tasks/job-tasks.ts";
import { openTasks } from "../tasks/open-tasks.ts";
import type { RenderFacts } from "../text/templates.ts";
import type { JobFrame } from "./job-frame.ts";
import type { JobPlaces } from "./open-places.ts";
import { strayWarnings } from "./stray-warnings.ts";

/** What a job runs. */
export interface JobWork extends JobTasks {
  /** How many slots commands are told that there are. */
  readonly slots: () => number;
  /** The number of tasks, where it was counted ahead or given. */
  readonly total: number | undefined;
  readonly facts: RenderFacts;
  /** What earlier runs have done; undefined where nobody asks for it. */
  readonly memo: JobMemo | undefined;
}

export async function openWork(
  frame: JobFrame,
  places: JobPlaces,
  opened: AsyncDisposableStack,
): Promise<JobWork> {
  const { line, say, stdin, isYonder, progress } = frame;
  const { layout, fleet, room } = places;
  const openNow = (): number => openSlots(layout());
  const tasks = await openTasks({ line, slots: openNow, say, stdin });
  const { source, templates, names, allAtOnce } = tasks;
  opened.defer(() => source.close());
  if (isYonder) for (const warning of strayWarnings(line, names)) say(`Warning: ${warning}`);
  if (allAtOnce !== undefined) {
    fleet?.makeRoomFor(allAtOnce);
    room.needs(allAtOnce);
  }
  const slots = (): number => allAtOnce ?? openNow();
  const needsTotal = templates.usesTotal || (progress?.needsTotal ?? false);
  const total = needsTotal ? await source.total() : line.options.totalJobs;
  const facts: RenderFacts = { slots, total: () => total ?? 0, hostOf: (slot) => fleet?.hostOf(slot) };
  return { ...tasks, slots, total, facts, memo: await memoOf(frame, tasks, facts, places.shell) };
}

async function memoOf(
  { line, env, journal, say }: JobFrame,
  { templates }: JobTasks,
  facts: RenderFacts,
  shell: string,
): Promise<JobMemo | undefined> {
  const { options, command: words } = line;
  if (!options.memo || options.dryRun || options.shellQuote > 0) return undefined;
  const { openJobMemo } = await import("../memo/job-memo.ts");
  const run = journal.id || String(process.pid);
  const warn = (text: string): void => say(encodeText(`Warning: ${text}`));
  return openJobMemo({ options, templates, words, facts, env, shell, run, warn });
}
