import type { ActorOptions } from "../../function/actor-options.ts";
import type { HostName } from "../../launch/thread/host-name.ts";
import type { CallLauncher } from "../../launch/thread/launcher.ts";
import type { Places } from "../machines/places.ts";
import type { Session } from "../session.ts";
import type { Actor } from "./actor.ts";
import type { Durable } from "./durable/durable.ts";
import type { ActorKind, Kinds } from "./kind.ts";
import type { Work } from "./work.ts";

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
