import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { openJournal } from "./open-journal.ts";
import type { OutcomeRecord } from "./records.ts";
import type { JobRequest } from "./request.ts";
import type { JournalOptions, JournalWriter } from "./writer.ts";

/** Builders for the tests of this folder: they leave only what a test is about. */

export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "journal-test-"));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function aRequest(more: Partial<JobRequest> = {}): JobRequest {
  return {
    argv: ["echo", "{}", ":::", "a"],
    cwd: "/",
    env: [],
    startedMs: Date.now(),
    version: "0.0.0",
    stdin: { type: "unused" },
    ...more,
  };
}

export function anOutcome(task: number, more: Partial<OutcomeRecord> = {}): Omit<OutcomeRecord, "type"> {
  return {
    task,
    attempt: 1,
    slot: 1,
    outcome: "succeeded",
    exitCode: 0,
    signal: 0,
    startMs: 1000 * task,
    endMs: 1000 * task + 10,
    command: `echo ${task}`,
    ...more,
  };
}

export function aJournal(
  more: Partial<JournalOptions> = {},
  request: Partial<JobRequest> = {},
): { journal: JournalWriter; options: JournalOptions; warnings: string[] } {
  const warnings: string[] = [];
  const options: JournalOptions = {
    env: { XDG_STATE_HOME: scratch() },
    keepBytes: 1 << 26,
    warn: (line) => warnings.push(line),
    ...more,
  };
  return { journal: openJournal(options, aRequest(request)), options, warnings };
}

export function text(content: string): { readonly type: "bytes"; readonly bytes: Buffer } {
  return { type: "bytes", bytes: Buffer.from(content) };
}
