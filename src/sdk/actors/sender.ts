import { inLine } from "../../core/actors/mailbox.ts";
import { withValues } from "../../kinds/function/arguments.ts";
import { isOver } from "../../kinds/function/call.ts";
import type { CallAttempt } from "../../launch/thread/launcher.ts";
import type { Actor, ActorCall, Instance, Logger, Work } from "./parts.ts";

/** Calls that are in the host at a time. More would only wait there. */
const WINDOW = 512;
/** Attempts of a host that are left for other things than calls. */
const SPARE = 256;

/** Sends an actor's calls to its instance: in order, in batches, and those of a durable one when they are in its log. */
export interface Sender {
  /** Looks at the end of this turn what can be sent. */
  schedule(): void;
}

export function createSender(actor: Actor): Sender {
  const { world, calls } = actor;
  const { launcher, session } = world;
  const { mailbox } = calls;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(() => {
      isScheduled = false;
      flush();
    });
  }

  function flush(): void {
    const { up, logger } = actor;
    if (up === undefined || logger?.isBusy || inLine(mailbox) === 0) return;
    const hostRoom = launcher.room(actor.host) - SPARE;
    // Of a durable actor, each call may be followed by a checkpoint.
    const room = Math.min(WINDOW - mailbox.sent.size, logger === undefined ? hostRoom : hostRoom >> 1);
    if (hostRoom <= 1) void world.roomAgain().then(schedule);
    const entries = calls.next(room);
    if (entries.length === 0) return;
    if (logger === undefined) for (const entry of entries) launch(up, entry, argsOf(entry));
    else sendLogged(up, logger, entries);
  }

  function sendLogged(instance: Instance, logger: Logger, entries: readonly ActorCall[]): void {
    const logged = logger.add(entries, argsOf, (entry, error) => calls.unsendable(entry, error));
    for (const { entry } of logged) calls.wasLogged(entry);
    const launchAll = (): void => {
      // Of another instance, which has read them from the log.
      if (actor.up !== instance) return;
      for (const { entry, args } of logged) {
        launch(instance, entry, args);
        if (logger.sentAndDue(entry.logged)) void actor.saveOrTell(entry.logged);
      }
    };
    if (logger.fsync === false) return launchAll();
    logger
      .sync()
      .then(launchAll)
      .then(schedule, (error: Error) => actor.crash(error, new Set(), true));
  }

  function launch(instance: Instance, entry: ActorCall, args: readonly unknown[]): void {
    const { call, method, number } = entry;
    const attempt: CallAttempt<Work> = {
      id: world.nextId(),
      owner: entry,
      host: actor.host,
      slot: instance.number,
      fn: method.launched!,
      args,
      task: Math.max(0, number),
      attempt: mailbox.sent.get(number) ?? 1,
      count: 0,
    };
    entry.attempt = attempt;
    if (call !== undefined && !isOver(call))
      session.startedElsewhere(call, attempt.attempt, world.places.machineName(actor.host));
    launcher.start(attempt);
  }

  return { schedule };
}

function argsOf({ args, call }: ActorCall): readonly unknown[] {
  if (args !== undefined) return args;
  return call!.inputs === undefined ? call!.args : withValues(call!.args);
}
