import {
  createMailbox,
  type Mailbox,
  type MailboxEffect,
  type MailboxEvent,
  stepMailbox,
} from "../../core/actors/mailbox.ts";
import { MAILBOX_DEFAULT } from "../../function/actor-options.ts";
import { inputsOf } from "../../kinds/function/arguments.ts";
import { type CallTask, type Doer, isOver, type SessionFunction } from "../../kinds/function/call.ts";
import { errorOf } from "../../kinds/function/task-error.ts";
import { unsendableArgument } from "../../kinds/function/unsendable-argument.ts";
import type { CallEnd } from "../../launch/thread/protocol.ts";
import type { CallSite } from "../../stacks/call-site.ts";
import type { LoggedCall } from "./durable/log.ts";
import { cannotLog, isOfDisk, lostCall, mailboxFull } from "./errors.ts";
import type { Actor, ActorCall } from "./parts.ts";
import { describeStub } from "./stub.ts";

/** What a call has returned, another one need not. */
const NOT_AGAIN = { pure: false };

/** The calls of an actor, each from when it is made until it is over. The session knows their doer by it. */
export class ActorCalls implements Doer {
  readonly waits: string = "it waits for its turn in its actor";
  /** Why no more are taken. */
  refusal: Error | undefined;
  readonly mailbox: Mailbox;
  private readonly actor: Actor;
  /** All that the mailbox knows, by their number there. */
  private readonly all = new Map<number, ActorCall>();
  /** Those of them that are in the log, by their number there. */
  private readonly logged = new Map<number, ActorCall>();
  private whenIdle: (() => void)[] = [];

  constructor(actor: Actor) {
    const { mailbox = MAILBOX_DEFAULT, whenFull, retries = 0 } = actor.spec.options;
    this.actor = actor;
    this.mailbox = createMailbox({
      sizeMax: whenFull === "wait" ? Number.POSITIVE_INFINITY : mailbox,
      retries,
      logged: actor.spec.open !== undefined,
    });
  }

  get isEmpty(): boolean {
    return this.all.size === 0;
  }

  /** Makes a call; its outcome is in it, also where no more are taken. */
  make(
    method: SessionFunction,
    args: readonly unknown[],
    site: CallSite | undefined,
    onItems?: CallTask["onItems"],
  ): CallTask {
    const { world, spec } = this.actor;
    const call = world.session.create({
      fn: method,
      args,
      inputs: inputsOf(args),
      onItems,
      site,
      doer: this,
      options: NOT_AGAIN,
    });
    call.error = this.refusal;
    world.session.add(call);
    if (call.error !== undefined) return call;
    const ready = call.missing === 0;
    const [refused] = this.step({ type: "made", call: call.seq, caller: 0, ready });
    // A call with an error is over as soon as the session has taken it in.
    if (refused !== undefined) call.error = mailboxFull(spec.name, this.mailbox.policy.sizeMax);
    else this.remember(method, call, call.seq);
    this.actor.schedule();
    return call;
  }

  ready(call: CallTask): void {
    this.step({ type: "ready", call: call.seq });
    this.actor.schedule();
  }

  /** The reader of a generator has room for so many more items. */
  credit({ seq: task }: CallTask, items: number): void {
    const attempt = this.all.get(task)?.attempt;
    if (attempt !== undefined) this.actor.world.launcher.credit(attempt, items);
  }

  /** The call has its outcome: from here, or it was cancelled, or its arguments failed. */
  settled({ seq: task }: CallTask): void {
    const entry = this.all.get(task);
    // What is in the log happens, whoever waits for it.
    if (entry === undefined || entry.logged > 0) return;
    const { launcher } = this.actor.world;
    const { attempt } = entry;
    if (attempt === undefined || launcher.revoke(attempt)) this.forget(entry);
    else launcher.abort(attempt, `task ${task} is to stop: it was cancelled`);
  }

  /** The next that are to be sent, at most so many. */
  next(room: number): readonly ActorCall[] {
    const effects = this.step({ type: "room", calls: room });
    return effects.flatMap((effect) => (effect.type === "send" ? effect.calls : [])).map(this.entry);
  }

  /** A call was put into the log. */
  wasLogged(entry: ActorCall): void {
    this.logged.set(entry.logged, entry);
  }

  /** The actor is up. First come these, from its log; whoever waits for one of them still does. */
  up(log: readonly LoggedCall[]): void {
    const first: number[] = [];
    for (const { number, method, args } of log) {
      const entry =
        this.logged.get(number) ?? this.remember(this.actor.spec.kind.method(method), undefined, -number);
      entry.logged = number;
      entry.args = args;
      this.logged.set(number, entry);
      first.push(entry.number);
    }
    this.step({ type: "up", first });
  }

  /** The instance has done a call. @param error what the method has thrown */
  ended(entry: ActorCall, end: CallEnd, error: Error | undefined): void {
    this.forget(entry);
    const { call } = entry;
    if (call === undefined) return;
    if (error === undefined) call.value = end.value;
    else call.error = errorOf(error, call);
    this.actor.world.session.doneElsewhere(call, end.ok, end);
  }

  /** A call cannot be sent. */
  unsendable(entry: ActorCall, cause: unknown): void {
    const { call } = entry;
    this.forget(entry);
    if (call === undefined) return;
    if (isOfDisk(cause)) this.fail(call, cannotLog(this.actor.spec.name, cause));
    else this.fail(call, unsendableArgument(call, cause, describeStub));
  }

  /** Takes back what has not begun; gives the numbers of those that may have. */
  takeBack(): Set<number> {
    const begun = new Set<number>();
    for (const number of this.mailbox.sent.keys()) {
      const { attempt } = this.entry(number);
      if (attempt !== undefined && !this.actor.world.launcher.revoke(attempt)) begun.add(number);
    }
    return begun;
  }

  /** The instance is gone. @param begun the calls that it may have begun, by their number in the mailbox */
  down(begun: ReadonlySet<number>, why: string): void {
    const { world, spec } = this.actor;
    const sent = [...this.mailbox.sent.keys()];
    const lost = new Set(
      this.step({ type: "down", begun }).map((effect) => effect.type === "lose" && effect.call),
    );
    for (const number of sent) {
      const entry = this.entry(number);
      const { call } = entry;
      entry.attempt = undefined;
      // Items that were read cannot be taken back.
      if (lost.has(number) || call?.hasItems) {
        if (entry.logged === 0) this.forget(entry);
        if (call !== undefined) this.fail(call, lostCall(call, spec.name, why));
      } else if (call?.state === "running") world.session.interruptedElsewhere(call);
    }
  }

  /** Nothing more will come of any. */
  failAll(error: Error): void {
    for (const { call } of this.all.values()) if (call !== undefined) this.fail(call, error);
    this.all.clear();
    this.wakeIdle();
  }

  /** Resolves when all are over, or after so long. */
  idle(graceMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = graceMs === undefined ? undefined : setTimeout(resolve, graceMs);
      this.whenIdle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  wakeIdle(): void {
    for (const wake of this.whenIdle.splice(0)) wake();
  }

  private readonly entry = (number: number): ActorCall => this.all.get(number)!;

  private step(event: MailboxEvent): readonly MailboxEffect[] {
    return stepMailbox(this.mailbox, event);
  }

  private remember(method: SessionFunction, call: CallTask | undefined, number: number): ActorCall {
    const { actor } = this;
    const entry: ActorCall = {
      type: "call",
      actor,
      number,
      method,
      call,
      logged: 0,
      args: undefined,
      attempt: undefined,
    };
    this.all.set(number, entry);
    return entry;
  }

  private forget(entry: ActorCall): void {
    entry.attempt = undefined;
    this.all.delete(entry.number);
    this.logged.delete(entry.logged);
    this.step({ type: "over", call: entry.number });
    if (this.isEmpty) this.wakeIdle();
  }

  private fail(call: CallTask, error: Error): void {
    if (isOver(call)) return;
    call.error = error;
    const endMs = Date.now();
    this.actor.world.session.doneElsewhere(call, false, { startMs: call.startMs || endMs, endMs });
  }
}
