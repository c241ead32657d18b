/**
 * The calls of one actor, from the moment they are made until they are over: in which order they are sent to it, and what
 * becomes of those that were under way when it crashed. Calls are numbers of the owner's choice, each used once.
 */
export interface Mailbox {
  readonly policy: MailboxPolicy;
  /** Of every call that is not over, its caller. */
  readonly callers: Map<number, number>;
  /** By caller: its first call that still waits for an argument, and all its calls behind that one. Never empty. */
  readonly held: Map<number, number[]>;
  /** Calls of `held` that wait for an argument. */
  readonly waiting: Set<number>;
  /** Calls that can be sent, in order, from `at` on. */
  line: number[];
  at: number;
  /** Calls that were sent, in order, and how many times each was. */
  readonly sent: Map<number, number>;
  /** Calls that came back into the line and may have begun before, and how often. */
  readonly begun: Map<number, number>;
  /** Calls of the line that come from the log. */
  readonly replayed: Set<number>;
  isUp: boolean;
}

export interface MailboxPolicy {
  /** Calls that are not over; one more is refused. */
  readonly sizeMax: number;
  /** How often a call may be under way when its actor crashes, before it is lost: 0 or more. */
  readonly retries: number;
  /** Calls are logged before they are sent: after a crash the owner reads the log and says what comes first. */
  readonly logged: boolean;
}

export type MailboxEvent =
  /** A call was made. It is `ready` where all its arguments are there. */
  | { readonly type: "made"; readonly call: number; readonly caller: number; readonly ready: boolean }
  | { readonly type: "ready"; readonly call: number }
  /** It has its result, or was cancelled, or lacks an argument for ever. */
  | { readonly type: "over"; readonly call: number }
  /** The actor is there. In front of all others come these: calls of its log, also ones that were over. */
  | { readonly type: "up"; readonly first: readonly number[] }
  /** The actor is gone. These calls may have begun; others that were sent have not. */
  | { readonly type: "down"; readonly begun: ReadonlySet<number> }
  /** The actor has room for so many more calls. */
  | { readonly type: "room"; readonly calls: number };

export type MailboxEffect =
  | { readonly type: "send"; readonly calls: readonly number[] }
  /** The mailbox is full; the call is not in it. */
  | { readonly type: "refuse"; readonly call: number }
  /** The actor crashed under the call; it is not in the mailbox any more. */
  | { readonly type: "lose"; readonly call: number };

export function createMailbox(policy: MailboxPolicy): Mailbox {
  return {
    policy,
    callers: new Map(),
    held: new Map(),
    waiting: new Set(),
    line: [],
    at: 0,
    sent: new Map(),
    begun: new Map(),
    replayed: new Set(),
    isUp: false,
  };
}

/**
 * What to do now. Promises, whatever happens in between: calls of one caller are sent in the order in which they were made;
 * none is sent while its actor is down or an argument is missing; a call that is sent again comes before those behind it.
 */
export function stepMailbox(mailbox: Mailbox, event: MailboxEvent): readonly MailboxEffect[] {
  switch (event.type) {
    case "made":
      return made(mailbox, event);
    case "ready":
      if (mailbox.waiting.delete(event.call)) release(mailbox, mailbox.callers.get(event.call)!);
      return NOTHING;
    case "over":
      leave(mailbox, event.call);
      return NOTHING;
    case "up":
      mailbox.isUp = true;
      for (const call of event.first) mailbox.replayed.add(call);
      toFront(mailbox, event.first);
      return NOTHING;
    case "down":
      return down(mailbox, event.begun);
    case "room":
      return mailbox.isUp && event.calls > 0 ? send(mailbox, event.calls) : NOTHING;
  }
}

/** Calls that could be sent now. */
export function inLine({ line, at }: Mailbox): number {
  return line.length - at;
}

const NOTHING: readonly MailboxEffect[] = [];

function made(
  mailbox: Mailbox,
  { call, caller, ready }: Extract<MailboxEvent, { type: "made" }>,
): readonly MailboxEffect[] {
  const { callers, held, waiting, line, policy } = mailbox;
  if (callers.size >= policy.sizeMax) return [{ type: "refuse", call }];
  callers.set(call, caller);
  if (!ready) waiting.add(call);
  const before = held.get(caller);
  if (before !== undefined) before.push(call);
  else if (ready) line.push(call);
  else held.set(caller, [call]);
  return NOTHING;
}

/** The calls of a caller that wait for nothing any more join the line. */
function release({ held, waiting, line }: Mailbox, caller: number): void {
  const calls = held.get(caller);
  if (calls === undefined) return;
  let ready = 0;
  while (ready < calls.length && !waiting.has(calls[ready]!)) line.push(calls[ready++]!);
  if (ready === calls.length) held.delete(caller);
  else calls.splice(0, ready);
}

function leave(mailbox: Mailbox, call: number): void {
  const { callers, held, waiting, sent, begun, line, at } = mailbox;
  const caller = callers.get(call);
  callers.delete(call);
  begun.delete(call);
  if (sent.delete(call) || caller === undefined) return;
  const calls = held.get(caller);
  const place = calls?.indexOf(call) ?? -1;
  if (place >= 0) {
    calls!.splice(place, 1);
    waiting.delete(call);
    release(mailbox, caller);
  } else {
    const found = line.indexOf(call, at);
    if (found >= 0) line.splice(found, 1);
  }
}

function send(mailbox: Mailbox, room: number): readonly MailboxEffect[] {
  const calls = mailbox.line.slice(mailbox.at, mailbox.at + room);
  if (calls.length === 0) return NOTHING;
  mailbox.at += calls.length;
  if (mailbox.at === mailbox.line.length || mailbox.at >= SENT_MAX) {
    mailbox.line.splice(0, mailbox.at);
    mailbox.at = 0;
  }
  for (const call of calls) {
    mailbox.sent.set(call, (mailbox.begun.get(call) ?? 0) + 1);
    mailbox.replayed.delete(call);
  }
  return [{ type: "send", calls }];
}

/** The front of the line, which was sent, is cut off when it is so long. */
const SENT_MAX = 1024;

function down(mailbox: Mailbox, mayHaveBegun: ReadonlySet<number>): readonly MailboxEffect[] {
  const { sent, begun, callers, policy } = mailbox;
  mailbox.isUp = false;
  if (policy.logged) return forgetLogged(mailbox);
  const lost: MailboxEffect[] = [];
  const again: number[] = [];
  for (const [call, times] of sent) {
    if (!mayHaveBegun.has(call)) again.push(call);
    else if (times <= policy.retries) {
      begun.set(call, times);
      again.push(call);
    } else {
      callers.delete(call);
      begun.delete(call);
      lost.push({ type: "lose", call });
    }
  }
  sent.clear();
  toFront(mailbox, again);
  return lost;
}

/** What is in the log will be read from there. */
function forgetLogged(mailbox: Mailbox): readonly MailboxEffect[] {
  const { line, at, sent, replayed } = mailbox;
  mailbox.line = line.slice(at).filter((call) => !replayed.has(call));
  mailbox.at = 0;
  sent.clear();
  replayed.clear();
  return NOTHING;
}

function toFront(mailbox: Mailbox, calls: readonly number[]): void {
  if (calls.length === 0) return;
  mailbox.line = [...calls, ...mailbox.line.slice(mailbox.at)];
  mailbox.at = 0;
}
