import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import type { ByteString } from "../../bytes/bytes.ts";
import { encodeText } from "../../bytes/bytes.ts";
import { quoteWord } from "../../bytes/quote.ts";
import type { Shortage } from "../../child/start-error.ts";
import type { AttemptSpec, Launcher, LauncherEvents } from "../../interface/launcher.ts";
import { slowWatch } from "../slow-watch.ts";
import { type CommandKind, classifier } from "./classify.ts";
import { jobEnvironment } from "./environment.ts";
import { attemptScript, WRITTEN } from "./script.ts";
import { type Slot, shellSlot } from "./slot.ts";

export interface ShellLauncherOptions extends LauncherEvents {
  /** The shell whose language the commands are in: an absolute path, such as /bin/bash. */
  readonly shell: string;
  readonly env: NodeJS.ProcessEnv;
  /** Variables that every attempt of a slot gets, such as PARALLEL_JOBSLOT. */
  slotEnv(slot: number): readonly (readonly [name: string, value: ByteString])[];
  readonly cwd?: string | undefined;
  /** Added niceness, -20 to 19. */
  readonly nice?: number | undefined;
  /** Attempts write to our own standard output and standard error. */
  readonly inheritOutput: boolean;
  /** The first slot may hand our standard input to one attempt. */
  readonly inheritStdin: boolean;
  /** Default true: each slot is a session of its own, out of reach of the terminal and its ctrl-C. */
  readonly ownSession?: boolean;
  /** There was too little of something for a slot to run what it was given: it is about to give it back. */
  onShortage(slot: number, shortage: Shortage): void;
}

/** An attempt that waits behind one that has run for this long goes back, so that another slot may take it. */
const SLOW_MS = 20;

/** Where something is short, a shell that has had nothing to do for so long makes room for others. */
const REST_MS = 100;

/** Runs commands on this machine, in slots that are long-lived POSIX shells. */
export function shellLauncher(options: ShellLauncherOptions): Launcher {
  const environment = jobEnvironment(options.env);
  const slotShell = environment.hasOddNames ? shellForOddNames() : "/bin/sh";
  const classify = classifier(
    slotShell === "/bin/sh" && sameFile(options.shell, slotShell),
    environment.variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    environment.functions,
  );
  const shellWord = quoteWord(encodeText(options.shell));
  const slots: Slot[] = [];
  const pids = new Map<number, number>();
  const slotOf = new Map<number, Slot>();
  let isShort = false;
  const watch = slowWatch(SLOW_MS, (slowMs) => {
    let waits = false;
    for (const slot of slots) waits = (slot?.giveBackBehindSlow(slowMs) ?? false) || waits;
    return waits;
  });

  const countsWritten = existsSync(WRITTEN);

  /**
   * What dash remarks on a vforked program can be taken away from a file alone, where somebody has counted its bytes. At the
   * end of a pipe it forks.
   */
  function kindOf(attempt: AttemptSpec): CommandKind {
    const kind = classify(attempt.command);
    const canCut = countsWritten && attempt.output.type === "files" && attempt.stdin.type !== "piped";
    return kind === "direct" && !canCut ? "program" : kind;
  }

  function slotFor(number: number): Slot {
    return (slots[number] ??= shellSlot({
      slot: number,
      slotShell,
      variables: { ...environment.variables },
      exports: environment.exports + exportsOf(options.slotEnv(number)),
      cwd: options.cwd,
      nice: options.nice,
      inheritOutput: options.inheritOutput,
      inheritStdin: options.inheritStdin && number === 1,
      ownSession: options.ownSession ?? true,
      kindOf,
      script: (attempt, kind) => attemptScript(attempt, kind, shellWord, options.inheritOutput),
      onShell(slot, pid) {
        pids.set(slot, pid);
        options.onShell(slot, pid);
      },
      onEnd(end) {
        const slot = slotOf.get(end.id);
        slotOf.delete(end.id);
        options.onEnd(end);
        if (isShort) setTimeout(() => slot?.rest(), REST_MS);
      },
      onReturn(id) {
        slotOf.delete(id);
        options.onReturn(id);
      },
      onShortage(slot, shortage) {
        isShort = true;
        pids.delete(slot);
        options.onShortage(slot, shortage);
      },
    }));
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
    async pause(isPaused) {
      for (const slot of slots) slot?.pause(isPaused);
    },
    shells: () => pids,
    async close() {
      watch.stop();
      await Promise.all(slots.map((slot) => slot?.close()));
    },
  };
}

function exportsOf(variables: readonly (readonly [string, ByteString])[]): ByteString {
  return variables.map(([name, value]) => `export ${name}=${quoteWord(value)}\n`).join("");
}

/** dash forgets variables whose names are no identifiers, among them the functions that bash exports; bash keeps them. */
function shellForOddNames(): string {
  for (const path of ["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"]) {
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // next
    }
  }
  return "/bin/sh";
}

function sameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
