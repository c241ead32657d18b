import { YonderError } from "../../interface/errors.ts";
import type { Actor, Control, Instance } from "./parts.ts";

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
