import { withValues } from "../../kinds/function/arguments.ts";
import type { HostName } from "../../launch/thread/host-name.ts";
import type { CallAttempt } from "../../launch/thread/launcher.ts";
import type { CallEnd } from "../../launch/thread/protocol.ts";
import { ActorCalls } from "./calls.ts";
import { createInstance } from "./instance.ts";
import { createLogger } from "./logger.ts";
import type { Actor, ActorCall, ActorSpec, ActorWorld, Instance, Logger, Work } from "./parts.ts";
import { createSender, type Sender } from "./sender.ts";

/**
 * An actor as the driver has it. It is down, starting, or up, in this circle as often as it crashes, and over at its end:
 * then it takes no calls, has none, and nothing is left of it in its host.
 */
export class LiveActor implements Actor {
  readonly world: ActorWorld;
  readonly spec: ActorSpec;
  readonly calls: ActorCalls;
  /** It was up once: then crashes make it start again. */
  hasStarted = false;
  /** Where it is, or was last. */
  host: HostName = 0;
  /** Of a durable one, from its first start on. */
  logger: Logger | undefined;
  private readonly sender: Sender;
  private phase: "down" | "starting" | "up" | "over" = "down";
  private instance: Instance | undefined;
  private starting: Promise<void> = Promise.resolve();
  /** The end of the instance before. */
  private ending: Promise<void> = Promise.resolve();

  constructor(world: ActorWorld, spec: ActorSpec) {
    this.world = world;
    this.spec = spec;
    this.calls = new ActorCalls(this);
    this.sender = createSender(this);
  }

  get isOver(): boolean {
    return this.phase === "over";
  }

  /** The instance, while it takes calls. */
  get up(): Instance | undefined {
    return this.phase === "up" ? this.instance : undefined;
  }

  /** Looks at the end of this turn which calls can be sent. */
  schedule(): void {
    this.sender.schedule();
  }

  /** Makes an instance, and then sends it what waits. A failure is a crash. */
  start(): void {
    this.starting = this.makeInstance();
  }

  private async makeInstance(): Promise<void> {
    const { spec } = this;
    const instance = createInstance(this);
    this.phase = "starting";
    this.instance = instance;
    const isCurrent = (): boolean => this.instance === instance;
    try {
      this.host = spec.host();
      await this.ending;
      const location = await spec.kind.located();
      if (spec.open !== undefined) this.logger ??= createLogger(await spec.open(), spec.options.durable);
      const saved = await this.logger?.durable.saved();
      const { crashOnError = false, args = [] } = spec.options;
      const maker = spec.kind.maker(location, { restores: saved !== undefined, crashOnError });
      const given = saved === undefined ? withValues(args) : [saved.bytes];
      if (isCurrent()) await instance.control(maker, given);
      // The first checkpoint, so that the constructor's arguments are not needed again.
      if (isCurrent() && this.logger !== undefined && saved === undefined) await this.save(0);
      if (isCurrent()) this.isUp(saved?.number ?? 0);
    } catch (error) {
      if (isCurrent()) this.crash(error as Error, new Set(), true);
    }
  }

  private isUp(savedNumber: number): void {
    const log = this.logger?.restored(savedNumber) ?? [];
    this.phase = "up";
    this.hasStarted = true;
    this.calls.up(log);
    this.world.started(this);
    this.schedule();
  }

  /** An attempt of a call has ended in the host. */
  ended(entry: ActorCall, attempt: CallAttempt<Work>, end: CallEnd): void {
    // One of an instance that is gone is no news.
    if (entry.attempt !== attempt) return;
    const error = end.ok ? undefined : (end.value as Error);
    this.calls.ended(entry, end, error);
    if (error !== undefined && this.spec.options.crashOnError) {
      this.logger?.durable.log.undo(entry.logged);
      this.endInstance();
      this.crash(error, new Set(), true);
    }
    this.schedule();
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
    this.goDown(this.endInstance(), why);
  }

  /** Nothing more will come of it: its calls fail with this. */
  die(error: Error): void {
    if (this.phase === "over") return;
    this.calls.refusal = error;
    this.halt(error.message);
    this.phase = "over";
    this.calls.failAll(error);
    void this.leave();
  }

  /**
   * Takes no more calls; resolves when those that it has are over, and it is too.
   *
   * @param graceMs so long calls may take. Those that are in the log are made again when the actor is made next time.
   */
  async stop(refusal: Error, graceMs?: number): Promise<void> {
    this.calls.refusal ??= refusal;
    if (!this.calls.isEmpty) await this.calls.idle(graceMs);
    if (this.calls.isEmpty && this.phase === "up" && this.logger?.isDirty)
      await this.saveOrTell(this.logger.sent);
    if (this.phase === "over") return;
    this.halt("it was stopped");
    this.phase = "over";
    this.calls.wakeIdle();
    await this.leave();
  }

  /** Saves the state with all calls that have their result. */
  async checkpoint(): Promise<void> {
    if (this.logger === undefined || this.phase !== "up")
      throw this.calls.refusal ?? new Error("the actor is not up");
    await this.save(this.logger.sent);
  }

  /** Saves the state after a call of the log. A failure is told, and harms nothing. */
  async saveOrTell(number: number): Promise<void> {
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
    const bytes = (await instance!.control(this.world.kinds.checkpoint, [])) as Uint8Array;
    // Its successor has begun with an older state, and needs the log from there.
    if (this.instance === instance) await this.logger!.durable.save(number, bytes);
  }

  private goDown(begun: ReadonlySet<number>, why: string): void {
    this.phase = "down";
    this.instance?.end(why);
    this.instance = undefined;
    this.calls.down(begun, why);
  }

  /** Ends the instance; gives the calls that it may have begun. */
  private endInstance(): Set<number> {
    const { launcher, kinds } = this.world;
    const begun = this.calls.takeBack();
    if (this.spec.isAlone) this.ending = launcher.end(this.host);
    else void this.instance!.control(kinds.drop, []).catch(() => {}); // it is gone with its host
    return begun;
  }

  private async leave(): Promise<void> {
    await this.starting;
    await this.ending;
    await this.logger?.durable.close();
  }
}
