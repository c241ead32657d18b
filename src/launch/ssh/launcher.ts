import type { ByteString } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import type { Shortage } from "../../child/start-error.ts";
import type { AttemptEnd, Launcher } from "../../interface/launcher.ts";
import { slowWatch } from "../slow-watch.ts";
import { openClaims } from "./claims.ts";
import type { Connection } from "./connection.ts";
import { type Slot, sshSlot } from "./slot.ts";

export interface SshLauncherOptions {
  readonly connection: Connection;
  /** Variables that every attempt of a slot gets, such as PARALLEL_JOBSLOT. */
  slotEnv(slot: number): readonly (readonly [name: string, value: ByteString])[];
  /** Added niceness, -20 to 19. */
  readonly nice?: number | undefined;
  onEnd(end: AttemptEnd): void;
  onReturn(id: number): void;
  /** There was too little of something here for a slot to run what it was given: it is about to give it back. */
  onShortage(slot: number, shortage: Shortage): void;
}

/** The slots of one host. */
export interface SshLauncher extends Launcher {
  /** The connection is gone: every attempt is told as ended or returned. */
  lost(reason: string): void;
}

/** An attempt that waits behind one that has run for so long goes back, so that another slot may take it. */
const SLOW_MS = 40;

/** Runs commands on a host, in slots that are POSIX shells at the other end of its connection. Needs nothing there. */
export function sshLauncher(options: SshLauncherOptions): SshLauncher {
  const claims = openClaims(options.connection.control);
  const slots = new Map<number, Slot>();
  const slotOf = new Map<number, Slot>();
  const watch = slowWatch(SLOW_MS, (slowMs) => {
    let waits = false;
    for (const slot of slots.values()) waits = slot.giveBackBehindSlow(slowMs) || waits;
    return waits;
  });

  function slotFor(number: number): Slot {
    let slot = slots.get(number);
    if (slot !== undefined) return slot;
    slot = sshSlot({
      connection: options.connection,
      claims,
      setup: setupOf(options, number),
      onEnd(end) {
        slotOf.delete(end.id);
        options.onEnd(end);
      },
      onReturn(id) {
        slotOf.delete(id);
        options.onReturn(id);
      },
      onShortage: (shortage) => options.onShortage(number, shortage),
    });
    slots.set(number, slot);
    return slot;
  }

  return {
    start(attempt) {
      const slot = slotFor(attempt.slot);
      slotOf.set(attempt.id, slot);
      if (slot.start(attempt)) watch.begin();
    },
    signal: (id, signal) => slotOf.get(id)?.signal(id, signal) ?? false,
    revoke(id) {
      const taken = slotOf.get(id)?.revoke(id) ?? false;
      if (taken) slotOf.delete(id);
      return taken;
    },
    pause: (isPaused) => options.connection.control.pause(isPaused),
    /** Process ids of another machine mean nothing here. */
    shells: () => new Map(),
    lost(reason) {
      watch.stop();
      for (const slot of slots.values()) slot.lost(reason);
    },
    async close() {
      watch.stop();
      for (const slot of slots.values()) slot.close();
    },
  };
}

function setupOf({ slotEnv, nice }: SshLauncherOptions, slot: number): ByteString {
  const exports = slotEnv(slot).map(([name, value]) => `export ${name}=${quoteWord(value)}\n`);
  return (nice === undefined ? "" : `renice -n ${nice} -p $$ >/dev/null\n`) + exports.join("");
}
