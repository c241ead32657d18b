import { type ActorOptions, EVERY_DEFAULT } from "../../function/actor-options.ts";
import type { Durable } from "./durable/durable.ts";
import type { ActorCall, Logger } from "./parts.ts";

export function createLogger(durable: Durable, options: ActorOptions["durable"]): Logger {
  const { every = EVERY_DEFAULT, fsync = false } = typeof options === "object" ? options : {};
  const { log } = durable;
  let isBusy = false;
  let sent = 0;
  let checkpoint = 0;

  type Ready = { entry: ActorCall; args: readonly unknown[] };
  const append = (ready: readonly Ready[]): void => {
    const from = log.last + 1;
    log.append(ready.map(({ entry, args }) => ({ method: entry.method.name.split(".").at(-1)!, args })));
    for (const [index, { entry }] of ready.entries()) entry.logged = from + index;
  };
  return {
    durable,
    fsync,
    get isBusy() {
      return isBusy;
    },
    get sent() {
      return sent;
    },
    get isDirty() {
      return sent > checkpoint;
    },
    add(entries, argsOf, refuse) {
      const all = entries.map((entry) => ({ entry, args: argsOf(entry) }));
      const fresh = all.filter(({ entry }) => entry.logged === 0);
      if (fresh.length === 0) return all;
      try {
        append(fresh);
        return all;
      } catch {
        // One of them cannot be written: find out which.
        return all.filter((ready) => {
          try {
            if (ready.entry.logged === 0) append([ready]);
            return true;
          } catch (error) {
            refuse(ready.entry, error);
            return false;
          }
        });
      }
    },
    async sync() {
      isBusy = true;
      await log.sync().finally(() => (isBusy = false));
    },
    sentAndDue(number) {
      sent = number;
      if (sent - checkpoint < every) return false;
      checkpoint = sent;
      return true;
    },
    restored(number) {
      sent = checkpoint = number;
      return log.read(number);
    },
  };
}
