import {
  createMailbox,
  inLine,
  type Mailbox,
  type MailboxEffect,
  type MailboxEvent,
  stepMailbox,
} from "../../core/actors/mailbox.ts";
import { type ActorOptions, MAILBOX_DEFAULT } from "../../function/actor-options.ts";
import { YonderError } from "../../interface/errors.ts";
import type { CallAttempt, CallLauncher, HostName, LaunchedFunction } from "../../launch/thread/launcher.ts";
import type { CallEnd } from "../../launch/thread/protocol.ts";
import { fromWire, type WireError } from "../../launch/thread/wire-error.ts";
import { inputsOf, withValues } from "../arguments.ts";
import { type Call, createCall, type Doer, isOver, type SessionFunction } from "../call.ts";
import type { Session } from "../session.ts";
import { errorOf, unsendableArgument } from "../task-error.ts";
import type { Durable } from "./durable/durable.ts";
import { cannotLog, isOfDisk, lostCall, mailboxFull } from "./errors.ts";
import type { ActorKind, Kinds } from "./kind.ts";
import { createLogger, type Logger } from "./logger.ts";
import type { ActorCall, Control, Work } from "./work.ts";

/** What all actors of a session share. */
export interface ActorWorld {
  readonly session: Session;
  readonly launcher: CallLauncher<Work>;
  readonly kinds: Kinds;
  /** A number that no other attempt, and no other instance, has. */
  nextId(): number;
  /** Resolves when a host may have room again. */
  roomAgain(): Promise<void>;
  /** @param counts the crash may be the actor's own fault */
  crashed(actor: Actor, error: Error, counts: boolean): void;
  started(actor: Actor): void;
  stray(error: Error): void;
}

export interface ActorSpec {
  /** In its group. */
  readonly id: number;
  readonly name: string;
  readonly kind: ActorKind;
  readonly options: ActorOptions;
  readonly host: HostName;
  /** Nothing else lives in the host. */
  readonly isAlone: boolean;
  readonly open: (() => Promise<Durable>) | undefined;
}

/** Calls that are in the host at a time. More would only wait there. */
const WINDOW = 512;
/** What a call has returned, another one need not. */
const NOT_AGAIN = { pure: false };
/** Attempts of a host that are left for other things than calls. */
const SPARE = 256;

/**
 * An actor as the driver has it. It is down, starting, or up, in this circle as often as it crashes, and over at its end:
 * then it takes no calls, has none, and nothing is left of it in its host.
 */
export class Actor implements Doer {
  readonly spec: ActorSpec;
  readonly waits: string = "it waits for its turn in its actor";
  /** It was up once: then crashes make it start again. */
  hasStarted = false;
  /** Why it takes no more calls. */
  refusal: Error | undefined;
  private readonly world: ActorWorld;
  private readonly mailbox: Mailbox;
  /** All calls that the mailbox knows, by their number there. */
  private readonly calls = new Map<number, ActorCall>();
  /** Those of them that are in the log, by their number there. */
  private readonly logged = new Map<number, ActorCall>();
  private readonly controls = new Set<Control>();
  private phase: "down" | "starting" | "up" | "over" = "down";
  /** Of the instance, and its slot in the host: each is in a new one. */
  private instance = 0;
  private isScheduled = false;
  private starting: Promise<void> = Promise.resolve();
  /** The end of the instance before. */
  private ending: Promise<void> = Promise.resolve();
  private logger: Logger | undefined;
  private whenIdle: (() => void)[] = [];

  constructor(world: ActorWorld, spec: ActorSpec) {
    this.world = world;
    this.spec = spec;
    const { mailbox = MAILBOX_DEFAULT, whenFull, retries = 0 } = spec.options;
    this.mailbox = createMailbox({
      sizeMax: whenFull === "wait" ? Number.POSITIVE_INFINITY : mailbox,
      retries,
      logged: spec.open !== undefined,
    });
  }

  get isOver(): boolean {
    return this.phase === "over";
  }

  /** Makes a call; its outcome is in it, also where the actor takes no more calls. */
  call(method: SessionFunction, args: readonly unknown[], onItems?: Call["onItems"]): Call {
    const { session } = this.world;
    const call = createCall({
      task: session.nextTask(),
      fn: method,
      args,
      inputs: inputsOf(args),
      onItems,
      doer: this,
      options: NOT_AGAIN,
    });
    call.error = this.refusal;
    session.add(call);
    if (call.error !== undefined) return call;
    const ready = call.missing === 0;
    const [refused] = this.step({ type: "made", call: call.task, caller: 0, ready });
    // A call with an error is over as soon as the session has taken it in.
    if (refused !== undefined) call.error = mailboxFull(this.spec.name, this.mailbox.policy.sizeMax);
    else this.remember(method, call, call.task);
    this.schedule();
    return call;
  }

  ready(call: Call): void {
    this.step({ type: "ready", call: call.task });
    this.schedule();
  }

  /** The reader of a generator has room for so many more items. */
  credit({ task }: Call, items: number): void {
    const attempt = this.calls.get(task)?.attempt;
    if (attempt !== undefined) this.world.launcher.credit(attempt, items);
  }

  /** The call has its outcome: from here, or it was cancelled, or its arguments failed. */
  settled({ task }: Call): void {
    const entry = this.calls.get(task);
    // What is in the log happens, whoever waits for it.
    if (entry === undefined || entry.logged > 0) return;
    const { attempt } = entry;
    if (attempt === undefined || this.world.launcher.revoke(attempt)) this.forget(entry);
    else this.world.launcher.abort(attempt, `task ${task} is to stop: it was cancelled`);
  }

  /** Makes an instance, and then sends it what waits. A failure is a crash. */
  start(): void {
    this.starting = this.makeInstance();
  }

  private async makeInstance(): Promise<void> {
    const { world, spec } = this;
    const instance = world.nextId();
    this.phase = "starting";
    this.instance = instance;
    const isCurrent = (): boolean => this.instance === instance;
    try {
      await this.ending;
      const location = await spec.kind.located();
      if (spec.open !== undefined) this.logger ??= createLogger(await spec.open(), spec.options.durable);
      const saved = await this.logger?.durable.saved();
      const { crashOnError = false, args = [] } = spec.options;
      const maker = spec.kind.maker(location, { restores: saved !== undefined, crashOnError });
      const given = saved === undefined ? withValues(args) : [saved.bytes];
      if (isCurrent()) await this.control(maker, given);
      // The first checkpoint, so that the constructor's arguments are not needed again.
      if (isCurrent() && this.logger !== undefined && saved === undefined) await this.save(0);
      if (isCurrent()) this.isUp(saved?.number ?? 0);
    } catch (error) {
      if (isCurrent()) this.crash(error as Error, new Set(), true);
    }
  }

  /** An attempt of a call has ended in the host. */
  ended(entry: ActorCall, attempt: CallAttempt<Work>, end: CallEnd): void {
    // One of an instance that is gone is no news.
    if (entry.attempt !== attempt) return;
    this.forget(entry);
    const { call } = entry;
    const error = end.ok ? undefined : fromWire(end.value as WireError);
    if (call !== undefined) {
      if (error === undefined) call.value = end.value;
      else call.error = errorOf(error, call);
      this.world.session.doneElsewhere(call, end.ok, end);
    }
    if (error !== undefined && this.spec.options.crashOnError) {
      this.logger?.durable.log.undo(entry.logged);
      this.takeBack();
      this.crash(error, new Set(), true);
    }
    this.schedule();
  }

  /** A call cannot be sent. */
  unsendable(entry: ActorCall, cause: unknown): void {
    const { call } = entry;
    this.forget(entry);
    if (call === undefined) return;
    if (isOfDisk(cause)) this.fail(call, cannotLog(this.spec.name, cause));
    else this.fail(call, unsendableArgument(call, cause));
  }

  /**
   * The instance is gone.
   *
   * @param begun the calls that it may have begun, by their number in the mailbox
   * @param counts it may be its own fault
   */
  crash(error: Error, begun: ReadonlySet<number>, counts: boolean): void {
    if (this.phase !== "starting" && this.phase !== "up") return;
    this.goDown(begun, error.message);
    this.world.crashed(this, error, counts);
  }

  /** Ends the instance because of another actor. */
  halt(why: string): void {
    if (this.phase !== "starting" && this.phase !== "up") return;
    this.goDown(this.takeBack(), why);
  }

  /** Nothing more will come of it: its calls fail with this. */
  die(error: Error): void {
    if (this.phase === "over") return;
    this.refusal = error;
    this.halt(error.message);
    this.phase = "over";
    for (const { call } of this.calls.values()) if (call !== undefined) this.fail(call, error);
    this.calls.clear();
    void this.leave();
    this.wakeIdle();
  }

  /**
   * Takes no more calls; resolves when those that it has are over, and it is too.
   *
   * @param graceMs so long calls may take. Those that are in the log are made again when the actor is made next time.
   */
  async stop(refusal: Error, graceMs?: number): Promise<void> {
    this.refusal ??= refusal;
    if (this.calls.size > 0) await this.idle(graceMs);
    const isIdle = this.calls.size === 0;
    if (isIdle && this.phase === "up" && this.logger?.isDirty) await this.saveOrTell(this.logger.sent);
    if (this.phase === "over") return;
    this.halt("it was stopped");
    this.phase = "over";
    this.wakeIdle();
    await this.leave();
  }

  private async leave(): Promise<void> {
    await this.starting;
    await this.ending;
    await this.logger?.durable.close();
  }

  /** Saves the state with all calls that have their result. */
  async checkpoint(): Promise<void> {
    if (this.logger === undefined || this.phase !== "up")
      throw this.refusal ?? new Error("the actor is not up");
    await this.save(this.logger.sent);
  }

  /** Looks at the end of this turn what can be sent. */
  schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.phase !== "up" || this.logger?.isBusy || inLine(this.mailbox) === 0) return;
    const { launcher } = this.world;
    const hostRoom = launcher.room(this.spec.host) - SPARE;
    // Of a durable actor, each call may be followed by a checkpoint.
    const room = Math.min(
      WINDOW - this.mailbox.sent.size,
      this.logger === undefined ? hostRoom : hostRoom >> 1,
    );
    if (hostRoom <= 1) void this.world.roomAgain().then(() => this.schedule());
    for (const effect of this.step({ type: "room", calls: room })) {
      if (effect.type === "send") this.send(effect.calls.map((number) => this.calls.get(number)!));
    }
  }

  private send(entries: readonly ActorCall[]): void {
    const { logger, instance } = this;
    if (logger === undefined) {
      for (const entry of entries) this.launch(entry, this.argsOf(entry));
      return;
    }
    const logged = logger.add(
      entries,
      (entry) => this.argsOf(entry),
      (entry, error) => this.unsendable(entry, error),
    );
    for (const { entry } of logged) this.logged.set(entry.logged, entry);
    const launchAll = (): void => {
      // Of another instance, which has read them from the log.
      if (this.instance !== instance) return;
      for (const { entry, args } of logged) {
        this.launch(entry, args);
        if (logger.sentAndDue(entry.logged)) void this.saveOrTell(entry.logged);
      }
    };
    if (logger.fsync === false) return launchAll();
    logger
      .sync()
      .then(launchAll)
      .then(
        () => this.schedule(),
        (error: Error) => this.crash(error, new Set(), true),
      );
  }

  private launch(entry: ActorCall, args: readonly unknown[]): void {
    const { call, method, number } = entry;
    const attempt: CallAttempt<Work> = {
      id: this.world.nextId(),
      owner: entry,
      host: this.spec.host,
      slot: this.instance,
      fn: method.launched!,
      args,
      task: Math.max(0, number),
      attempt: this.mailbox.sent.get(number) ?? 1,
      count: 0,
    };
    entry.attempt = attempt;
    if (call !== undefined && !isOver(call)) this.world.session.startedElsewhere(call, attempt.attempt);
    this.world.launcher.start(attempt);
  }

  private isUp(savedNumber: number): void {
    const first: number[] = [];
    for (const { number, method, args } of this.logger?.restored(savedNumber) ?? []) {
      const entry =
        this.logged.get(number) ?? this.remember(this.spec.kind.method(method), undefined, -number);
      entry.logged = number;
      entry.args = args;
      this.logged.set(number, entry);
      first.push(entry.number);
    }
    this.phase = "up";
    this.hasStarted = true;
    this.step({ type: "up", first });
    this.world.started(this);
    this.schedule();
  }

  private goDown(begun: ReadonlySet<number>, why: string): void {
    this.phase = "down";
    this.instance = 0;
    // In a host that lives, one may never be answered.
    for (const { reject } of this.controls) reject(new YonderError("WORKER_LOST", { message: why }));
    const sent = [...this.mailbox.sent.keys()];
    const lost = new Set(
      this.step({ type: "down", begun }).map((effect) => effect.type === "lose" && effect.call),
    );
    for (const number of sent) {
      const entry = this.calls.get(number)!;
      const { call } = entry;
      entry.attempt = undefined;
      // Items that were read cannot be taken back.
      if (lost.has(number) || call?.hasItems) {
        if (entry.logged === 0) this.forget(entry);
        if (call !== undefined) this.fail(call, lostCall(call, this.spec.name, why));
      } else if (call?.state === "running") this.world.session.interruptedElsewhere(call);
    }
  }

  /** Ends the instance; gives the calls that it may have begun. */
  private takeBack(): Set<number> {
    const { launcher, kinds } = this.world;
    const begun = new Set<number>();
    for (const number of this.mailbox.sent.keys()) {
      const { attempt } = this.calls.get(number)!;
      if (attempt !== undefined && !launcher.revoke(attempt)) begun.add(number);
    }
    if (this.spec.isAlone) this.ending = launcher.end(this.spec.host);
    else void this.control(kinds.drop, []).catch(() => {}); // it is gone with its host
    return begun;
  }

  private control(fn: LaunchedFunction, args: readonly unknown[]): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const owner: Control = { type: "control", actor: this, resolve, reject };
    this.controls.add(owner);
    const isOver = (): unknown => this.controls.delete(owner);
    promise.then(isOver, isOver);
    this.world.launcher.start({
      id: this.world.nextId(),
      owner,
      host: this.spec.host,
      slot: this.instance,
      fn,
      args,
      task: 0,
      attempt: 1,
      count: 0,
    });
    return promise;
  }

  private async saveOrTell(number: number): Promise<void> {
    const { instance } = this;
    try {
      await this.save(number);
    } catch (error) {
      // A crash makes no checkpoint, and the log has all: that is no news.
      if (this.instance === instance) this.world.stray(error as Error);
    }
  }

  private async save(number: number): Promise<void> {
    const { instance } = this;
    const bytes = (await this.control(this.world.kinds.checkpoint, [])) as Uint8Array;
    // Its successor has begun with an older state, and needs the log from there.
    if (this.instance === instance) await this.logger!.durable.save(number, bytes);
  }

  private step(event: MailboxEvent): readonly MailboxEffect[] {
    return stepMailbox(this.mailbox, event);
  }

  private argsOf({ args, call }: ActorCall): readonly unknown[] {
    if (args !== undefined) return args;
    return call!.inputs === undefined ? call!.args : withValues(call!.args);
  }

  private remember(method: SessionFunction, call: Call | undefined, number: number): ActorCall {
    const entry: ActorCall = {
      type: "call",
      actor: this,
      number,
      method,
      call,
      logged: 0,
      args: undefined,
      attempt: undefined,
    };
    this.calls.set(number, entry);
    return entry;
  }

  private forget(entry: ActorCall): void {
    entry.attempt = undefined;
    this.calls.delete(entry.number);
    this.logged.delete(entry.logged);
    this.step({ type: "over", call: entry.number });
    if (this.calls.size === 0) this.wakeIdle();
  }

  private fail(call: Call, error: Error): void {
    if (isOver(call)) return;
    call.error = error;
    const endMs = Date.now();
    this.world.session.doneElsewhere(call, false, { startMs: call.startMs || endMs, endMs });
  }

  private idle(graceMs: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = graceMs === undefined ? undefined : setTimeout(resolve, graceMs);
      this.whenIdle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  private wakeIdle(): void {
    for (const wake of this.whenIdle.splice(0)) wake();
  }
}
