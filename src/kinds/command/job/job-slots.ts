import type { Driver } from "../../../driver/driver.ts";
import type { JobObserver } from "../../../driver/observers.ts";
import type { CommandEnd } from "../command-kind.ts";
import type { CommandTask } from "../command-task.ts";
import { isSameLayout, type Layout } from "../hosts/layout.ts";
import type { AheadDepth } from "../slots/ahead-depth.ts";

/** The slots of a job's commands, as the scheduler is told of them. */
export interface JobSlots {
  /** Looks again after each attempt (--jobs FILE). */
  readonly observer: Partial<JobObserver<CommandTask>>;
  /** Tells the scheduler of them for the first time: tasks start. */
  open(): void;
  /** There may be others than before. Does nothing before `open`. */
  changed(): void;
  /** How many attempts they may hold together. */
  readonly room: number;
}

export function jobSlots(driver: Driver<CommandTask>, layoutNow: () => Layout, ahead: AheadDepth): JobSlots {
  let layout = layoutNow();
  let { depth } = ahead;
  let isOpen = false;

  const tell = (): void => driver.setSlots(0, { ...layout, depth });

  function changed(): void {
    if (!isOpen) return;
    const wanted = layoutNow();
    if (isSameLayout(wanted, layout) && ahead.depth === depth) return;
    layout = wanted;
    ({ depth } = ahead);
    tell();
  }

  return {
    observer: {
      returned: ahead.slow,
      ended({ end }) {
        if ((end as CommandEnd).lost === undefined) ahead.ended(end.endMs - end.startMs);
        changed();
      },
    },
    open() {
      isOpen = true;
      layout = layoutNow();
      tell();
    },
    changed,
    get room() {
      return layout.slots * depth;
    },
  };
}
