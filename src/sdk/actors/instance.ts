import { YonderError } from "../../interface/errors.ts";
import type { LaunchedFunction } from "../../launch/thread/launcher.ts";
import type { Actor } from "./actor.ts";
import type { Control } from "./work.ts";

/** One life of an actor in its host, from before its constructor is called until it crashes or is ended. */
export interface Instance {
  /** Its slot in the host. */
  readonly number: number;
  /** Has something done that is no call: to be made, to give its state, to be gone. */
  control(fn: LaunchedFunction, args: readonly unknown[]): Promise<unknown>;
  /** It is gone: in a host that lives, what it was told to do may never be answered. */
  end(why: string): void;
}

export function createInstance(actor: Actor): Instance {
  const { world } = actor;
  const number = world.nextId();
  const controls = new Set<Control>();
  return {
    number,
    control(fn, args) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const owner: Control = { type: "control", actor, resolve, reject };
      controls.add(owner);
      const isOver = (): unknown => controls.delete(owner);
      promise.then(isOver, isOver);
      world.launcher.start({
        id: world.nextId(),
        owner,
        host: actor.host,
        slot: number,
        fn,
        args,
        task: 0,
        attempt: 1,
        count: 0,
      });
      return promise;
    },
    end(why) {
      for (const { reject } of controls) reject(new YonderError("WORKER_LOST", { message: why }));
    },
  };
}
