import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { explain } from "./explain.ts";
import { checkInvariants } from "./invariants.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { createJob, step } from "./step.ts";
import { attemptsOf } from "./task-table.ts";
import { formatEffect, parseEvent, parseLine, parsePolicy } from "./transcripts/language.ts";

/**
 * Each file under transcripts/ is a conversation with the scheduler: what happens, `----`, what it wants done. To record new
 * answers: UPDATE_TRANSCRIPTS=1 node --test src/core/transcripts.test.ts, and read the diff.
 */
const folder = new URL("transcripts/", import.meta.url);

for (const name of readdirSync(folder).filter((file) => file.endsWith(".txt"))) {
  test(`transcript ${name}`, () => {
    const file = new URL(name, folder);
    const expected = readFileSync(file, "utf8");
    const played = play(expected);
    if (process.env["UPDATE_TRANSCRIPTS"]) writeFileSync(file, played);
    else assert.equal(played, expected);
  });
}

/** Plays the questions of a transcript; returns it with the answers that the scheduler gives now. */
function play(transcript: string): string {
  const exchanges = transcript.trim().split(/\n\n+/);
  let job = createJob(DEFAULT_POLICY);
  let nowMs = 0;
  const ask = (text: string): string[] => {
    const line = parseLine(text);
    nowMs = Number(line.named.get("at") ?? nowMs);
    if (line.verb === "policy") {
      job = createJob(parsePolicy(line));
      nowMs = 0;
      return [];
    }
    if (line.verb === "explain") return [JSON.stringify(explain(job, Number(line.values[0])))];
    const effects = step(
      job,
      parseEvent(line, nowMs, (task) => attemptsOf(job.table, task)),
    );
    checkInvariants(job);
    return effects.map(formatEffect);
  };
  const answered = exchanges.map((exchange) => {
    const questions = exchange.split("\n----")[0]!.split("\n");
    const answers = questions.filter((question) => !question.startsWith("#")).flatMap(ask);
    const isComment = questions.every((question) => question.startsWith("#"));
    return isComment ? questions.join("\n") : [...questions, "----", ...answers].join("\n");
  });
  return answered.join("\n\n") + "\n";
}
