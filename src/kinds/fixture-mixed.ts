import { DEFAULT_POLICY } from "../core/policy.ts";
import { createDriver } from "../driver/create-driver.ts";
import { createObservers } from "../driver/observers.ts";
import { peakMemory } from "../driver/record/peak-memory.ts";
import { createRecorder } from "../driver/record/recorder.ts";
import { type Task, task } from "../function/mark.ts";
import { openJournal } from "../journal/open-journal.ts";
import { KINDS } from "./kinds.ts";

// One job with tasks of every kind, in two slots: `node fixture-mixed.ts COUNT` prints what commands print, and what came of it.

const SLOTS = 2;
const DEPTH = 4;

export const double: Task<(n: number) => number> = task((n) => {
  if (n === 5) throw new RangeError("five is one too many");
  return 2 * n;
});

if (import.meta.main) await main(Number(process.argv[2]));

async function main(count: number): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const { env } = process;
  const warn = (line: string): void => void process.stderr.write(`${line}\n`);
  const journal = openJournal({ env, keepBytes: 2 ** 20, warn }, request());
  const observers = createObservers();
  const driver = createDriver({ policy: { ...DEFAULT_POLICY }, observer: observers });
  const peaks = peakMemory();
  const recorder = createRecorder({ journal, peaks, attemptsBefore: () => 0, warn });
  observers.add(recorder.observer);
  const context = { driver, observers, journal, env, slots: SLOTS, opened };
  const commands = await (await KINDS.command())(context);
  const functions = await (await KINDS.function())(context);
  for (let seq = 1; seq <= count; seq++) {
    const isCommand = seq % 3 !== 0;
    const made = isCommand
      ? commands.task(seq, { command: `echo ${seq}; exit $((${seq} == 4))` })
      : functions.task(seq, { fn: double, args: [seq === 6 ? 5 : seq] });
    driver.add(made);
  }
  driver.closeInput();
  driver.setSlots(0, { slots: SLOTS, depth: DEPTH });
  const summary = await driver.done;
  recorder.close();
  await opened.disposeAsync();
  journal.finish(summary.failed, false);
  process.stderr.write(`${JSON.stringify({ summary, directory: journal.directory })}\n`);
}

function request(): Parameters<typeof openJournal>[1] {
  return {
    argv: ["mixed"],
    cwd: process.cwd(),
    env: [],
    startedMs: Date.now(),
    version: "0",
    stdin: { type: "unused" },
    sdk: true,
  };
}
