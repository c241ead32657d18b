import type { ByteString } from "../../bytes/bytes.ts";
import type { KindContext, OpenKind } from "../../driver/open-kind.ts";
import type { YonderError } from "../../interface/errors.ts";
import type { Launcher } from "../../interface/launcher.ts";
import { type SlotMemory, slotMemory } from "../../journal/peak-memory.ts";
import { shellLauncher } from "../../launch/shell/launcher.ts";
import type { Options } from "../../options/options.ts";
import { parseCommandLine } from "../../options/parse.ts";
import { openSink } from "../../output/sink.ts";
import { type AttemptIds, attemptIds } from "./attempt-ids.ts";
import { createCommandKind } from "./command-kind.ts";
import type { CommandTask } from "./command-task.ts";
import { jobShell } from "./job/job-shell.ts";
import { sinkOptions } from "./output/sink-options.ts";
import { terminator } from "./slots/terminator.ts";
import { compileTemplates } from "./text/templates.ts";
import { jobVariables } from "./text/variables.ts";

/** Commands that are whole: what `$SHELL -c` would get. */
export interface CommandGiven {
  readonly command: ByteString;
}

/** Commands in the slots of this machine, with the options that a command line has which names none. */
export const openCommandKind: OpenKind<CommandGiven> = async (context) => {
  const { driver, observers, journal, env, slots, opened } = context;
  const { options } = parseCommandLine([], "yonder", { env: {}, readFile: () => undefined });
  const ids = attemptIds();
  observers.add(ids.observer);
  const memory = slotMemory();
  const launcher = launcherOf(context, options, ids, memory);
  opened.defer(() => launcher.close());
  const fail = (error: YonderError): void => driver.fail(error);
  const sink = openSink(
    sinkOptions({
      options,
      journal,
      names: [],
      onClosed: () => driver.cancel(),
      onError: fail,
      onShown: (seq) => journal.shown(seq),
      onWritten: (beyond) => journal.confirm(beyond),
      overlay: undefined,
      there: undefined,
      resumed: undefined,
    }),
  );
  opened.defer(() => sink.close(0));
  const ending = terminator(launcher, options.termSeq);
  opened.defer(() => ending.close());
  const kind = createCommandKind({
    options,
    templates: compileTemplates(["{}"], options, []),
    facts: { slots: () => slots, total: () => 0 },
    launcher,
    sink,
    run: journal.id || String(process.pid),
    terminator: ending,
    env,
    outputLost: fail,
    say: (line) => sink.note(`yonder: ${line}\n`),
    jobSource: { of: (command) => command, close: () => {} },
    isRemote: () => false,
    hostOf: () => undefined,
    memoryOf: memory.bytesIn,
    remoteSource: undefined,
    stdin: { type: "null" },
    confirm: undefined,
    memo: undefined,
  });
  return {
    kind,
    task: (seq, { command }): CommandTask => ({ seq, kind, class: 0, rows: [[command]], isRaw: true }),
  };
};

function launcherOf(
  { driver, journal, env }: KindContext,
  options: Options,
  ids: AttemptIds,
  memory: SlotMemory,
): Launcher {
  return shellLauncher({
    shell: jobShell(env),
    env,
    slotEnv: (slot) => jobVariables(slot, options, journal.id),
    inheritOutput: false,
    inheritStdin: false,
    onEnd: (end) => ids.withId(end.id, (attempt) => driver.ended(attempt, end)),
    onReturn: (id) => ids.withId(id, driver.returned),
    // What it was given comes back, and is given out again.
    onShortage: () => {},
    onShell(slot, pid) {
      memory.shell(slot, pid);
      journal.slot(slot, pid);
    },
  });
}
