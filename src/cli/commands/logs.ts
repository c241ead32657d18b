import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { liveClaims } from "../../journal/claims.ts";
import { damageText } from "../../journal/damage.ts";
import { findJob } from "../../journal/find-job.ts";
import { locateOutput, readKept } from "../../journal/kept-output.ts";
import { outcomeIn, outcomesOf } from "../../journal/outcomes.ts";
import type { JournalRecord, OutcomeRecord, OutputRef } from "../../journal/records.ts";
import { scanJournal } from "../../journal/scan.ts";
import { type CommandLine, parseCommand } from "./command-line.ts";
import { size } from "./format.ts";
import type { CommandIo } from "./io.ts";
import { attemptJson, type Json, jsonText } from "./json.ts";
import { checkTask, taskNumber } from "./task-number.ts";

const HELP = `usage: yonder logs ID [TASK] [--stdout | --stderr] [--failed] [--follow] [--json]

Prints what the tasks of a job printed, whole and in the order in which they ended.

  TASK          of this task only
  --stdout      standard output only
  --stderr      standard error only
  --failed      of the tasks that failed only
  -f, --follow  goes on until the job ends
  --json        one JSON object a task
`;
const OPTIONS = {
  stdout: { type: "boolean" },
  stderr: { type: "boolean" },
  failed: { type: "boolean" },
  follow: { type: "boolean", short: "f" },
} as const;
const POLL_MS = 100;

export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const line = parseCommand({ help: HELP, options: OPTIONS, words: [1, 2] }, args, io);
  if (line === undefined) return 0;
  const directory = findJob(io.env, line.words[0]!);
  const task = line.words[1] === undefined ? undefined : taskNumber(line.words[1]);
  const seen: Seen = { tasks: 0, missing: 0, missingBytes: 0, damaged: [], damagedLines: [] };
  const visit = (record: JournalRecord): void => {
    if (record.type === "total") seen.total = record.tasks;
    if (record.type === "damaged") seen.damagedLines.push(record.line);
    for (const outcome of wantedOf(record, line, task)) print(directory, outcome, line, io, seen);
  };
  for (let offset = 0; ; await sleep(POLL_MS)) {
    // Looked for before the reading: a driver that ends in between has written everything before it left.
    const isDriven = liveClaims(directory, "driver").length > 0;
    offset = scanJournal(directory, visit, offset);
    if (!line.flag("follow") || !isDriven || (task !== undefined && seen.tasks > 0)) break;
  }
  if (seen.missing > 0) {
    io.note(
      `the output of ${seen.missing} tasks (${size(seen.missingBytes)}) was not kept; --keep-output all keeps it`,
    );
  }
  if (seen.damagedLines.length > 0) io.note(damageText(directory, seen.damagedLines));
  if (seen.damaged.length > 0) {
    const tasks = [...new Set(seen.damaged)].slice(0, 5).join(", ");
    io.note(`what these tasks printed is damaged in ${directory}, and left out: ${tasks}`);
  }
  if (seen.damaged.length > 0) return 1;
  if (task === undefined || seen.tasks > 0) return seen.damagedLines.length > 0 ? 1 : 0;
  checkTask(task, basename(directory), seen.total);
  io.note(`task ${task} has not ended; yonder explain ${line.words[0]} ${task} says why`);
  return 1;
}

/** What has been printed, and what could not be. */
interface Seen {
  tasks: number;
  /** Of the job, once it is known. */
  total?: number;
  missing: number;
  missingBytes: number;
  /** Tasks whose output is not what they printed. */
  readonly damaged: number[];
  /** Of the journal: outcomes that are not known. */
  readonly damagedLines: number[];
}

function wantedOf(
  record: JournalRecord,
  line: CommandLine,
  task: number | undefined,
): Iterable<OutcomeRecord> {
  if (line.flag("failed") && !isFailure(record)) return [];
  if (task !== undefined) {
    const outcome = outcomeIn(record, task);
    return outcome === undefined ? [] : [outcome];
  }
  // Tasks that share a record have written nothing: only the list of all tasks has them.
  return record.type === "outcome" || line.flag("json") ? outcomesOf(record) : [];
}

function isFailure(record: JournalRecord): boolean {
  return record.type === "outcome" && record.outcome !== "succeeded" && record.outcome !== "skipped";
}

function print(
  directory: string,
  outcome: OutcomeRecord,
  line: CommandLine,
  io: CommandIo,
  seen: Seen,
): void {
  seen.tasks++;
  if (line.flag("json")) {
    io.write(`${JSON.stringify(outcomeJson(directory, outcome, seen))}\n`);
    return;
  }
  const onlyOne = line.flag("stdout") !== line.flag("stderr");
  let isMissing = false;
  const copy = (ref: OutputRef | undefined, write: (bytes: Buffer) => void): void => {
    const fate = ref && copyKept(directory, ref, write);
    if (ref === undefined || fate === "copied") return;
    if (fate === "damaged") return void seen.damaged.push(outcome.task);
    isMissing = true;
    seen.missingBytes += ref.bytes;
  };
  if (!onlyOne || line.flag("stdout")) copy(outcome.stdout, io.write);
  if (!onlyOne || line.flag("stderr")) copy(outcome.stderr, io.writeError);
  if (isMissing) seen.missing++;
}

function copyKept(
  directory: string,
  ref: OutputRef,
  write: (bytes: Buffer) => void,
): "copied" | "not kept" | "damaged" {
  const kept = locateOutput(directory, ref);
  if (typeof kept !== "object") return kept;
  for (const chunk of readKept(kept)) write(chunk);
  return "copied";
}

/** Output that was not kept, or is damaged, is null. */
function outcomeJson(directory: string, outcome: OutcomeRecord, seen: Seen): Json {
  const text = (ref: OutputRef | undefined): unknown => {
    const chunks: Buffer[] = [];
    const fate = ref && copyKept(directory, ref, (chunk) => chunks.push(chunk));
    if (fate === "damaged") seen.damaged.push(outcome.task);
    if (ref !== undefined && fate !== "copied") return null;
    return jsonText(Buffer.concat(chunks).toString("latin1"));
  };
  return { ...attemptJson(outcome), stdout: text(outcome.stdout), stderr: text(outcome.stderr) };
}
