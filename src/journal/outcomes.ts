import type { JournalRecord, OutcomeRecord, OutcomesRecord } from "./records.ts";

/** Tasks one behind the other. */
export interface TaskRange {
  readonly first: number;
  readonly count: number;
}

/** What `runs` says, in ranges. */
export function* rangesOf({ from, runs }: Pick<OutcomesRecord, "from" | "runs">): Generator<TaskRange> {
  let first = from;
  for (let index = 0; index < runs.length; index++) {
    const count = runs[index]!;
    if (index % 2 === 0) yield { first, count };
    first += count;
  }
}

export function taskCount({ runs }: Pick<OutcomesRecord, "runs">): number {
  return runs.reduce((sum, count, index) => (index % 2 === 0 ? sum + count : sum), 0);
}

/**
 * `from` and `runs` of these tasks.
 *
 * @param tasks in order, each once, at least one
 */
export function runsOf(tasks: ArrayLike<number>): Pick<OutcomesRecord, "from" | "runs"> {
  const from = tasks[0]!;
  const runs: number[] = [];
  let first = from;
  for (let index = 1; index <= tasks.length; index++) {
    const last = tasks[index - 1]!;
    const next = tasks[index];
    if (next === last + 1) continue;
    runs.push(last + 1 - first);
    if (next === undefined) break;
    runs.push(next - last - 1);
    first = next;
  }
  return { from, runs };
}

/**
 * The outcomes that a record holds, one each. Of tasks that share a record, no slot is known (0), and times are those of
 * all together.
 */
export function* outcomesOf(record: JournalRecord): Generator<OutcomeRecord> {
  if (record.type === "outcome") yield record;
  else if (record.type === "outcomes") {
    for (const { first, count } of rangesOf(record)) {
      for (let task = first; task < first + count; task++) yield oneOf(record, task);
    }
  }
}

/** The outcome of one task, where this record holds it. */
export function outcomeIn(record: JournalRecord, task: number): OutcomeRecord | undefined {
  if (record.type === "outcome") return record.task === task ? record : undefined;
  if (record.type !== "outcomes") return undefined;
  for (const { first, count } of rangesOf(record)) {
    if (task < first) return undefined;
    if (task < first + count) return oneOf(record, task);
  }
  return undefined;
}

function oneOf({ startMs, endMs, command }: OutcomesRecord, task: number): OutcomeRecord {
  return {
    type: "outcome",
    outcome: "succeeded",
    task,
    attempt: 1,
    slot: 0,
    exitCode: 0,
    signal: 0,
    startMs,
    endMs,
    command,
  };
}
