// The parts of an actor refer to each other: what each is to the others stands here, and each in a file of its own is made of it.
import type { Mailbox } from "../../core/actors/mailbox.ts";
import type { ActorOptions } from "../../function/actor-options.ts";
import type { CallTask, SessionFunction } from "../../kinds/function/call.ts";
import type { Places } from "../../kinds/function/places.ts";
import type { HostName } from "../../launch/thread/host-name.ts";
import type { CallAttempt, CallLauncher, LaunchedFunction } from "../../launch/thread/launcher.ts";
import type { CallEnd } from "../../launch/thread/protocol.ts";
import type { Session } from "../session.ts";
import type { Durable } from "./durable/durable.ts";
import type { LoggedCall } from "./durable/log.ts";
import type { ActorKind, Kinds } from "./kind.ts";

/** An actor as its parts know it. */
export interface Actor {
  readonly world: ActorWorld;
  readonly spec: ActorSpec;
  readonly calls: ActorCalls;
  /** Where it is, or was last. */
  readonly host: HostName;
  /** Of a durable one, from its first start on. */
  readonly logger: Logger | undefined;
  /** The instance, while it takes calls. */
  readonly up: Instance | undefined;
  /** Looks at the end of this turn which calls can be sent. */
  schedule(): void;
  /** An attempt of a call has ended in the host. */
  ended(entry: ActorCall, attempt: CallAttempt<Work>, end: CallEnd): void;
  /**
   * The instance is gone.
   *
   * @param begun the calls that it may have begun, by their number in the mailbox
   * @param counts it may be its own fault
   */
  crash(error: Error, begun: ReadonlySet<number>, counts: boolean): void;
  /** Saves the state after a call of the log. A failure is told, and harms nothing. */
  saveOrTell(number: number): Promise<void>;
}

/** The calls of an actor, as who sends them knows them. */
export interface ActorCalls {
  readonly mailbox: Mailbox;
  /** The next that are to be sent, at most so many. */
  next(room: number): readonly ActorCall[];
  /** A call was put into the log. */
  wasLogged(entry: ActorCall): void;
  /** A call cannot be sent. */
  unsendable(entry: ActorCall, cause: unknown): void;
}

/** What all actors of a session share. */
export interface ActorWorld {
  readonly session: Session;
  readonly launcher: CallLauncher<Work>;
  readonly kinds: Kinds;
  readonly places: Places;
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
  /** Where it starts. @throws YonderError HOST where no machine is left */
  host(): HostName;
  /** Nothing else lives in the host. */
  readonly isAlone: boolean;
  readonly open: (() => Promise<Durable>) | undefined;
}

/** One life of an actor in its host, from before its constructor is called until it crashes or is ended. */
export interface Instance {
  /** Its slot in the host. */
  readonly number: number;
  /** Has something done that is no call: to be made, to give its state, to be gone. */
  control(fn: LaunchedFunction, args: readonly unknown[]): Promise<unknown>;
  /** It is gone: in a host that lives, what it was told to do may never be answered. */
  end(why: string): void;
}

/** Logs the calls of a durable actor before they are sent, and knows when a checkpoint is due. */
export interface Logger {
  readonly durable: Durable;
  readonly fsync: boolean;
  /** Logged calls are on their way to the disk; those behind them wait, to go together. */
  readonly isBusy: boolean;
  /** The number of the last call that was sent to the instance. */
  readonly sent: number;
  /** Calls were sent since the last checkpoint. */
  readonly isDirty: boolean;
  /** Logs those that are not in the log, all at once; gives all but those that `refuse` was told of. */
  add(
    entries: readonly ActorCall[],
    argsOf: (entry: ActorCall) => readonly unknown[],
    refuse: (entry: ActorCall, error: unknown) => void,
  ): { readonly entry: ActorCall; readonly args: readonly unknown[] }[];
  sync(): Promise<void>;
  /** A call was sent. Is a checkpoint due behind it? */
  sentAndDue(number: number): boolean;
  /** The instance has the state after this call; gives the calls that come next. */
  restored(number: number): LoggedCall[];
}

/** What an attempt in a host is for. */
export type Work = ActorCall | Control;

/** A call of a method, from when it is made until it is over. */
export interface ActorCall {
  readonly type: "call";
  readonly actor: Actor;
  /** In the mailbox: the task's number, or, for what is only replayed, the negative number in the log. */
  readonly number: number;
  readonly method: SessionFunction;
  /** Who waits for it; undefined for one that is only replayed. */
  readonly call: CallTask | undefined;
  /** In the log; 0 until it is there. */
  logged: number;
  /** As they were logged. */
  args: readonly unknown[] | undefined;
  /** While it is under way. */
  attempt: CallAttempt<Work> | undefined;
}

/** What an actor is told to do beside its calls: to be made, to give its state. */
export interface Control {
  readonly type: "control";
  readonly actor: Actor;
  resolve(value: unknown): void;
  reject(error: Error): void;
}
