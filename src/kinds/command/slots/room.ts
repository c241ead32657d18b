import { REMEDIES, type Shortage } from "../../../child/start-error.ts";
import { YonderError } from "../../../interface/errors.ts";
import { isSameLayout, type Layout, openSlots, without } from "../hosts/layout.ts";
import { freeDescriptors, freeProcesses } from "./free-room.ts";

export interface RoomParts {
  /** Descriptors that we need for each slot while something runs in it. */
  readonly filesPerSlot: number;
  /** As many as possible were asked for: how many these are is no news. */
  readonly wantsMost: boolean;
  /** The slots that may be used are others now. */
  onChange(): void;
  /** Nothing can run at all. */
  onHopeless(error: YonderError): void;
  warn(text: string): void;
}

/** How many of the slots that were asked for there are files, processes and memory for. */
export interface Room {
  /** The same without the slots that there is no room for. */
  fit(layout: Layout): Layout;
  /** Descriptors that there were at the start, but for what is open besides. */
  readonly files: number;
  /** So many must run at the same time. @throws YonderError LAUNCH where that cannot be */
  needs(slots: number): void;
  /** A slot could not run what it was given, and is about to give it back. */
  short(slot: number, shortage: Shortage): void;
  /** An attempt has run. */
  worked(): void;
  close(): void;
}

/** Our ends of the FIFO that a job of --pipe reads, one of them for a moment only. */
export const FILES_PER_FEED = 2;
/** What is open besides, at the worst moment: outputs that are shown, the journal, a process that is being started. */
const FILES_SPARE = 16;
/** Those of a slot: its shell, the job's shell, and what that runs. */
const PROCESSES_PER_SLOT = 3;
/** Where no slot is left, one is tried again after this, then after twice as long, and so on. */
const AGAIN_MS = 100;
const TRIES_MAX = 5;
/** What was short may be there again: one more slot is tried each time. */
const MORE_MS = 10_000;
/** Slots that fail together count together. */
const SETTLE_MS = 50;

/** As GNU parallel says it. */
const THINGS: Readonly<Record<Shortage, string>> = {
  files: "file handles",
  processes: "available processes",
  memory: "memory",
};

/**
 * A slot that was short of something is closed, and what it was given goes to the others. Of these only half are used from
 * then on where processes or memory were short: jobs need some, too, and what fails inside of them is their failure.
 */
export function openRoom(parts: RoomParts): Room {
  const files = freeDescriptors() - FILES_SPARE;
  const byFiles = files / parts.filesPerSlot;
  const byProcesses = freeProcesses() / PROCESSES_PER_SLOT;
  const scarcest: Shortage = byFiles < byProcesses ? "files" : "processes";
  const slotsMax = Math.max(1, Math.floor(Math.min(byFiles, byProcesses)));
  const closed = new Set<number>();
  let most = slotsMax;
  let wanted: Layout = { slots: 0 };
  let fitting = wanted;
  let leastTold = parts.wantsMost ? slotsMax : Number.POSITIVE_INFINITY;
  /** Times in a row that no slot was left. */
  let failures = 0;
  let needed = 1;
  let settling: NodeJS.Timeout | undefined;
  let growing: NodeJS.Timeout | undefined;

  function look(): void {
    fitting = without(wanted, closed, most);
  }

  function tell(shortage: Shortage): void {
    const slots = openSlots(fitting);
    if (slots >= leastTold) return;
    leastTold = slots;
    parts.warn(`Only enough ${THINGS[shortage]} to run ${slots} jobs in parallel.`);
    parts.warn(`To run more, ${REMEDIES[shortage]}.`);
  }

  /** Goes on with so many slots, whichever they are. */
  function goOn(slots: number): void {
    most = slots;
    closed.clear();
    look();
    clearTimeout(growing);
    if (most < slotsMax) growing = setTimeout(() => goOn(most + 1), MORE_MS);
    parts.onChange();
  }

  function settle(shortage: Shortage): void {
    const left = openSlots(fitting);
    goOn(left === 0 ? 1 : shortage === "files" ? left : Math.ceil(left / 2));
    tell(shortage);
  }

  return {
    files,
    fit(layout) {
      if (isSameLayout(layout, wanted)) return fitting;
      wanted = layout;
      look();
      if (openSlots(fitting) < Math.min(openSlots(wanted), leastTold) && most === slotsMax) tell(scarcest);
      return fitting;
    },
    needs(slots) {
      needed = slots;
      if (slots > slotsMax) throw hopeless(scarcest, slots);
    },
    short(slot, shortage) {
      closed.add(slot);
      look();
      const left = openSlots(fitting);
      if (left === 0) failures++;
      clearTimeout(settling);
      const isHopeless = failures > TRIES_MAX || (left > 0 && left < needed);
      if (isHopeless) parts.onHopeless(hopeless(shortage, needed));
      else settling = setTimeout(settle, left === 0 ? AGAIN_MS * 2 ** failures : SETTLE_MS, shortage);
      parts.onChange();
    },
    worked() {
      failures = 0;
    },
    close() {
      clearTimeout(settling);
      clearTimeout(growing);
    },
  };
}

function hopeless(shortage: Shortage, slots: number): YonderError {
  const what = slots === 1 ? "any job" : `${slots} jobs at the same time`;
  return new YonderError("LAUNCH", {
    message: `cannot run ${what}: not enough ${THINGS[shortage]}`,
    remedy: REMEDIES[shortage],
  });
}
