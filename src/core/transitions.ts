/** Where a task can be. The order is the stored code: `waiting` is 0, so that untouched memory is waiting tasks. */
export const TASK_STATES = [
  "waiting",
  "queued", // behind a running attempt of its slot
  "returning", // queued, and asked back
  "dropping", // queued, asked back, and cancelled: it must not run
  "running",
  "timingOut", // running, told to stop
  "cancelling", // running, told to stop
  "evicting", // running, told to stop, to be tried again
  "blocked", // not in line before something that it needs is there
  "succeeded", // FIRST_ENDED
  "failed",
  "timedOut",
  "cancelled",
  "skipped",
  "resumed",
] as const;

export type TaskState = (typeof TASK_STATES)[number];

/** What can happen to a task. */
export type Verb =
  | "start"
  | "queue"
  | "promote"
  | "takeBack"
  | "returned"
  | "timeOut"
  | "cancel"
  | "evict"
  | "succeed"
  | "fail"
  | "retry"
  | "skip"
  | "resume"
  | "block"
  | "unblock";

type Row = Partial<Record<TaskState, TaskState>>;

/** Every change that a task can go through: verb, from, to. What is not here cannot happen. */
export const TRANSITIONS: Readonly<Record<Verb, Row>> = {
  start: { waiting: "running" },
  queue: { waiting: "queued" },
  // The attempt ahead of it has ended.
  promote: { queued: "running", returning: "running", dropping: "cancelling" },
  takeBack: { queued: "returning" },
  // From `queued` where the slot went away by itself.
  returned: { queued: "waiting", returning: "waiting", dropping: "cancelled" },
  timeOut: { running: "timingOut" },
  cancel: {
    waiting: "cancelled",
    blocked: "cancelled",
    queued: "dropping",
    returning: "dropping",
    running: "cancelling",
    // Told to stop already; from here on without a retry.
    timingOut: "cancelling",
    evicting: "cancelling",
  },
  evict: { running: "evicting" },
  // From `blocked` where it was done elsewhere than in a slot.
  succeed: { running: "succeeded", evicting: "succeeded", blocked: "succeeded" },
  fail: {
    running: "failed",
    timingOut: "timedOut",
    cancelling: "cancelled",
    evicting: "cancelled",
    blocked: "failed",
  },
  retry: { running: "waiting", timingOut: "waiting", evicting: "waiting" },
  skip: {
    blocked: "skipped",
    queued: "skipped",
    returning: "skipped",
    dropping: "skipped",
    running: "skipped",
    timingOut: "skipped",
    cancelling: "skipped",
    evicting: "skipped",
  },
  resume: { waiting: "resumed" },
  block: { waiting: "blocked" },
  unblock: { blocked: "waiting" },
};

/** The state that follows, or undefined where the pair is illegal. */
export function nextState(from: TaskState, verb: Verb): TaskState | undefined {
  return TRANSITIONS[verb][from];
}

export function codeOf(state: TaskState): number {
  return TASK_STATES.indexOf(state);
}

export function isEnded(code: number): boolean {
  return code >= FIRST_ENDED;
}

const FIRST_ENDED = 9;
