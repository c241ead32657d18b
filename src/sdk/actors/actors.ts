import { createGroup, type Group, type GroupEvent, stepGroup } from "../../core/actors/supervision.ts";
import type { JobObserver } from "../../driver/observers.ts";
import {
  type ActorOptions,
  checkActorOptions,
  checkSupervisorOptions,
  INTENSITY_DEFAULT,
  PERIOD_MS_DEFAULT,
  type SupervisorOptions,
} from "../../function/actor-options.ts";
import { type ActorConstructor, functionOf } from "../../function/mark.ts";
import { YonderError } from "../../interface/errors.ts";
import { inputsOf } from "../../kinds/function/arguments.ts";
import type { CallTask } from "../../kinds/function/call.ts";
import type { Places } from "../../kinds/function/places.ts";
import { Ref } from "../../kinds/function/ref.ts";
import type { HostName } from "../../launch/thread/host-name.ts";
import { type CallLauncherOptions, callLauncher } from "../../launch/thread/launcher.ts";
import type { CallSite } from "../../stacks/call-site.ts";
import type { Session } from "../session.ts";
import { taskStream } from "../task-stream.ts";
import { LiveActor } from "./actor.ts";
import { openDurable } from "./durable/durable.ts";
import { deadError, otherClass, stoppedError } from "./errors.ts";
import { type ActorKind, checkDurable, createKinds } from "./kind.ts";
import type { Actor, ActorWorld, Work } from "./parts.ts";
import { type ActorArguments, type ActorStub, createStub, type MarkedClass } from "./stub.ts";

/** A group of actors that start again together: see `SupervisorOptions`. */
export interface Supervisor {
  /** As `y.actor`; the actor joins the group behind those that are there. */
  actor<A extends readonly unknown[], I extends object>(
    actorClass: MarkedClass<A, I>,
    ...options: ActorArguments<A>
  ): Promise<ActorStub<I>>;
}

/** The actors of a session. */
export interface Actors extends Supervisor {
  supervisor(options?: SupervisorOptions): Supervisor;
  stop(stub: object): Promise<void>;
  checkpoint(stub: object): Promise<void>;
  /** When no calls can come any more: ends all actors and their hosts. Safe to repeat. */
  close(): Promise<void>;
}

export interface ActorsOptions {
  readonly session: Session;
  readonly observer: JobObserver<CallTask>;
  /** As many threads as they have are shared by the actors that need none of their own. */
  readonly places: Places;
  /** How long a call that was told to stop may take before its host is ended. */
  readonly graceMs: number;
  readonly hosts: CallLauncherOptions;
}

interface Live {
  readonly actor: LiveActor;
  readonly group: SupervisedGroup;
  readonly stub: object;
  /** @throws what its first constructor has thrown */
  readonly ready: PromiseWithResolvers<void>;
  stopping: Promise<void> | undefined;
}

interface SupervisedGroup {
  readonly state: Group;
  readonly options: SupervisorOptions;
}

export function createActors({ session, observer, places, graceMs, hosts }: ActorsOptions): Actors {
  /** By their number in their group, which no two have. */
  const live = new Map<number, Live>();
  const names = new Map<string, Live>();
  const stubs = new WeakMap<object, Live>();
  const kinds = createKinds();
  /** What may have begun in a host that has just gone. */
  const begun = new Map<Actor, Set<number>>();
  let wanted: PromiseWithResolvers<void> | undefined;
  let lastId = 0;
  let placed = 0;

  const launcher = callLauncher<Work>(
    {
      onEnds(ends) {
        for (const { attempt, end } of ends) {
          const { owner } = attempt;
          if (owner.type === "call") owner.actor.ended(owner, attempt, end);
          else if (end.ok) owner.resolve(end.value);
          else owner.reject(end.value as Error);
        }
        wanted?.resolve();
        wanted = undefined;
      },
      onItems({ owner }, items) {
        if (owner.type !== "call" || owner.call === undefined) return;
        owner.call.hasItems = true;
        owner.call.onItems?.(items);
      },
      onOutput(attempt, stream, text) {
        // What is only done again was shown before.
        const owner = attempt?.owner;
        if (owner === undefined || owner.type === "control") observer.output(undefined, stream, text);
        else if (owner.call !== undefined) observer.output(owner.call, stream, text);
      },
      onStray: (error) => observer.stray(error),
      onLost(first, waiting, why, unknown) {
        // A call that may have begun is not made again.
        const running = [...first, ...unknown];
        for (const { owner } of running) {
          const numbers = begun.get(owner.actor) ?? new Set();
          begun.set(owner.actor, numbers);
          if (owner.type === "call") numbers.add(owner.number);
        }
        for (const { owner } of [...running, ...waiting]) {
          if (owner.type === "control") owner.reject(new YonderError("WORKER_LOST", { message: why }));
        }
      },
      onGone(host, why, stillborn) {
        const inIt = [...live.values()].flatMap(({ actor }) => (actor.host === host ? actor : []));
        const error = stillborn ?? new YonderError("WORKER_LOST", { message: why });
        // Where some were at work, the others are innocent.
        for (const actor of inIt) {
          actor.crash(error, begun.get(actor) ?? new Set(), begun.size === 0 || begun.has(actor));
        }
        begun.clear();
      },
      onUnsendable({ owner }, error) {
        if (owner.type === "call") owner.actor.calls.unsendable(owner, error);
        else owner.reject(error as Error);
        return undefined;
      },
    },
    hosts,
  );

  const world: ActorWorld = {
    session,
    launcher,
    kinds,
    places,
    nextId: () => ++lastId,
    roomAgain: () => (wanted ??= Promise.withResolvers()).promise,
    crashed(actor, error, counts) {
      const one = live.get(actor.spec.id);
      if (one === undefined) return;
      if (one.actor.hasStarted) {
        tell(one.group, { type: "crashed", member: actor.spec.id, counts, nowMs: performance.now() }, error);
        return;
      }
      // As in Erlang: what cannot start at first is not tried again, and whoever asked for it is told.
      remove(one);
      one.actor.die(error);
      one.ready.reject(error);
    },
    started(actor) {
      const { group, ready } = live.get(actor.spec.id)!;
      tell(group, { type: "started", member: actor.spec.id });
      ready.resolve();
    },
    stray: (error) => observer.stray(error),
  };

  /** @param cause what has crashed a member */
  function tell(group: SupervisedGroup, event: GroupEvent, cause?: Error): void {
    const { intensity = INTENSITY_DEFAULT, periodMs = PERIOD_MS_DEFAULT } = group.options;
    for (const effect of stepGroup(group.state, event)) {
      switch (effect.type) {
        case "start":
          live.get(effect.member)!.actor.start();
          break;
        case "stop":
          live.get(effect.member)!.actor.halt(`its group starts again, because ${cause!.message}`);
          break;
        case "giveUp":
          for (const { id } of group.state.members) {
            const one = live.get(id)!;
            remove(one);
            const error = deadError(one.actor.spec.name, intensity, periodMs, cause!);
            one.actor.die(error);
            one.ready.reject(error);
          }
      }
    }
  }

  function remove({ actor, group }: Live): void {
    live.delete(actor.spec.id);
    if (names.get(actor.spec.name)?.actor === actor) names.delete(actor.spec.name);
    tell(group, { type: "left", member: actor.spec.id });
  }

  async function find(
    group: SupervisedGroup | undefined,
    actorClass: ActorConstructor,
    given: ActorOptions,
  ): Promise<object> {
    checkActorOptions(given);
    const mark = functionOf(actorClass);
    if (mark?.kind !== "actor") throw notMarked(actorClass);
    const options: ActorOptions = { ...(mark.options as ActorOptions), ...given };
    const kind = kinds.of(actorClass);
    const known = options.name === undefined ? undefined : names.get(options.name);
    if (known?.stopping !== undefined) {
      await known.stopping;
      return find(group, actorClass, given);
    }
    if (known !== undefined && known.actor.spec.kind !== kind)
      throw otherClass(options.name!, known.actor.spec.kind.name, kind.name);
    if (session.isClosed) throw closedError();
    const one = known ?? make(group, kind, options);
    await one.ready.promise;
    return one.stub;
  }

  function make(group: SupervisedGroup | undefined, kind: ActorKind, options: ActorOptions): Live {
    const { durable, dedicated, isolation } = options;
    const id = ++lastId;
    if (durable) checkDurable(kind, options.name);
    const name = options.name ?? `${kind.name}#${id}`;
    const isProcess = isolation === "process";
    const isAlone = isProcess || dedicated === true;
    const directory = typeof durable === "object" ? durable.directory : undefined;
    const actor = new LiveActor(world, {
      id,
      name,
      kind,
      options,
      isAlone,
      host: placement(isProcess, isAlone),
      open: durable ? () => openDurable(name, kind.name, directory) : undefined,
    });
    const one: Live = {
      actor,
      group: group ?? supervised(options.restart ?? {}),
      stub: stubOf(actor),
      ready: Promise.withResolvers(),
      stopping: undefined,
    };
    one.ready.promise.catch(() => {}); // `find` tells
    live.set(id, one);
    if (options.name !== undefined) names.set(name, one);
    stubs.set(one.stub, one);
    void inputsOver(options.args ?? []).then(
      () => tell(one.group, { type: "joined", member: id }),
      (error: Error) => {
        remove(one);
        one.ready.reject(error);
      },
    );
    return one;
  }

  /** It stays in its host, until the machine of that is lost. */
  function placement(isProcess: boolean, isAlone: boolean): () => HostName {
    let host: HostName | undefined;
    return () => {
      if (host === undefined || places.placeOf(host).isLost)
        host = places.spread(placed++, { isProcess, isAlone });
      return host;
    };
  }

  function stubOf(actor: LiveActor): object {
    const call = (name: string, args: readonly unknown[], site: CallSite | undefined): unknown => {
      if (session.isClosed) throw closedError();
      const method = actor.spec.kind.method(name);
      if (!method.isGenerator) return new Ref(actor.calls.make(method, args, site));
      return taskStream(
        (onItems) => actor.calls.make(method, args, site, onItems),
        (call, items) => actor.calls.credit(call, items),
        session.cancel,
      );
    };
    const stub: object = createStub(actor.spec.name, call, () => stop(stub));
    return stub;
  }

  async function stop(stub: object): Promise<void> {
    const one = stubs.get(stub);
    if (one === undefined) throw notAStub();
    if (one.actor.isOver) return;
    one.stopping ??= one.actor.stop(stoppedError(one.actor.spec.name)).finally(() => remove(one));
    await one.stopping;
  }

  const supervisor = (group: SupervisedGroup | undefined): Supervisor => ({
    // The types of stubs are for whoever calls.
    actor: ((actorClass: ActorConstructor, given: ActorOptions = {}) =>
      find(group, actorClass, given)) as unknown as Supervisor["actor"],
  });
  return {
    ...supervisor(undefined),
    supervisor(given = {}) {
      checkSupervisorOptions(given);
      return supervisor(supervised(given));
    },
    stop,
    async checkpoint(stub) {
      const one = stubs.get(stub);
      if (one === undefined) throw notAStub();
      await one.actor.checkpoint();
    },
    async close() {
      // Calls have their outcomes: what is still under way was cancelled, or is only done again.
      await Promise.all([...live.values()].map(({ actor }) => actor.stop(closedError(), graceMs)));
      await launcher.close();
    },
  };
}

function supervised(options: SupervisorOptions): SupervisedGroup {
  const { strategy = "one-for-one", intensity = INTENSITY_DEFAULT, periodMs = PERIOD_MS_DEFAULT } = options;
  return { options, state: createGroup({ strategy, intensity, periodMs }) };
}

/** @throws the error of the first that fails */
async function inputsOver(args: readonly unknown[]): Promise<void> {
  await Promise.all((inputsOf(args) ?? []).map((call) => new Ref(call)));
}

function closedError(): YonderError {
  return new YonderError("CLOSED", { message: "the job is closed", remedy: "connect() once more" });
}

function notMarked(value: unknown): YonderError {
  const name = (value as { name?: string } | undefined)?.name;
  return new YonderError("FUNCTION", {
    message: `${name || "what y.actor was given"} is not marked as an actor`,
    remedy: "export it from a module: export const Name = actor(class Name { … })",
  });
}

function notAStub(): YonderError {
  return new YonderError("USAGE", {
    message: "this is no actor of this connection",
    remedy: "give what y.actor has resolved with",
  });
}
