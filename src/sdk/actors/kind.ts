import { type Location, locate } from "../../function/locate.ts";
import type { ActorConstructor } from "../../function/mark.ts";
import { YonderError } from "../../interface/errors.ts";
import type { SessionFunction } from "../../kinds/function/call.ts";
import type { LaunchedFunction } from "../../launch/thread/launcher.ts";

/** A class of actors, with what hosts are told of it. */
export interface ActorKind {
  /** Of the class, for people. */
  readonly name: string;
  readonly class: ActorConstructor;
  /** Where it is. @throws YonderError FUNCTION */
  located(): Promise<Location>;
  /** What makes an instance. */
  maker(location: Location, how: { restores: boolean; crashOnError: boolean }): LaunchedFunction;
  method(name: string): SessionFunction;
}

export interface Kinds {
  of(actorClass: ActorConstructor): ActorKind;
  readonly checkpoint: LaunchedFunction;
  readonly drop: LaunchedFunction;
}

export function createKinds(): Kinds {
  const known = new Map<ActorConstructor, ActorKind>();
  let lastId = 0;
  const launch = (spec: LaunchedFunction["spec"]): LaunchedFunction => ({ id: ++lastId, spec });
  return {
    of(actorClass) {
      let kind = known.get(actorClass);
      if (kind === undefined) known.set(actorClass, (kind = createKind(actorClass, launch)));
      return kind;
    },
    checkpoint: launch({ type: "checkpoint" }),
    drop: launch({ type: "drop" }),
  };
}

/** Throws a YonderError("USAGE") where a durable actor lacks something that it needs. */
export function checkDurable({ name, class: actorClass }: ActorKind, given: string | undefined): void {
  if (given === undefined) {
    throw new YonderError("USAGE", {
      message: `a durable ${name} has no name, by which it could be found again`,
      remedy: 'give it one: y.actor(…, { name: "…", durable: true })',
    });
  }
  const { prototype } = actorClass as { prototype: { checkpoint?: unknown } };
  const missing: string[] = [];
  if (typeof prototype.checkpoint !== "function") missing.push("checkpoint()");
  if (typeof (actorClass as { restore?: unknown }).restore !== "function")
    missing.push("static restore(state)");
  if (missing.length === 0) return;
  throw new YonderError("USAGE", {
    message: `${name} cannot be durable: it has no ${missing.join(" and no ")}`,
    remedy: "write checkpoint() { return state } and static restore(state) { return instance }",
  });
}

function createKind(
  actorClass: ActorConstructor,
  launch: (spec: LaunchedFunction["spec"]) => LaunchedFunction,
): ActorKind {
  const methods = new Map<string, SessionFunction>();
  const makers = new Map<string, LaunchedFunction>();
  const name = actorClass.name || "actor";
  return {
    name,
    class: actorClass,
    located: () => locate(actorClass),
    maker({ url, name }, how) {
      const key = JSON.stringify(how);
      let maker = makers.get(key);
      if (maker === undefined) makers.set(key, (maker = launch({ type: "actor", url, name, ...how })));
      return maker;
    },
    method(method) {
      const earlier = methods.get(method);
      if (earlier !== undefined) return earlier;
      const added: SessionFunction = {
        name: `${name}.${method}`,
        options: {},
        launched: launch({ type: "method", name: method }),
        found: undefined,
        class: 0,
        isGenerator: isGenerator((actorClass as { prototype: Record<string, unknown> }).prototype[method]),
      };
      methods.set(method, added);
      return added;
    },
  };
}

function isGenerator(method: unknown): boolean {
  return /GeneratorFunction$/.test(Object.prototype.toString.call(method).slice(8, -1));
}
