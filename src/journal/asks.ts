import { readdirSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeText, encodeText } from "../bytes/bytes.ts";
import { seal, unseal } from "../seal/line.ts";
import { writeWhole } from "../seal/whole-file.ts";
import { claimName } from "./claims.ts";

/**
 * What another process asks of the driver of a program's tasks. A signal would not do: the process is the program's own, it
 * may have more than one job, and it has answers to give.
 */
export type Ask =
  | { readonly type: "explain"; readonly task: number }
  /** @see cancelJob */
  | { readonly type: "cancel"; readonly drain: boolean };

const ASK = "ask@";
const ANSWER = "answer@";
const POLL_MS = 10;

/** Asks by a file in the job's directory. Undefined where no answer has come in time: the program is busy, or gone. */
export async function ask(directory: string, question: Ask, timeoutMs: number): Promise<unknown> {
  const name = claimName();
  writeJson(join(directory, ASK + name), question);
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    const answer = take(join(directory, ANSWER + name));
    if (answer !== undefined) return answer;
    if (Date.now() > untilMs) break;
    await sleep(POLL_MS);
  }
  take(join(directory, ASK + name));
  return undefined;
}

/** Answers what has been asked. Call it a few times a second: where nobody asks, it reads one directory. */
export function answerAsks(directory: string, answer: (question: Ask) => unknown): void {
  for (const name of namesIn(directory)) {
    if (!name.startsWith(ASK) || name.endsWith(".new")) continue;
    const question = take(join(directory, name));
    if (question === undefined) continue;
    writeJson(join(directory, ANSWER + name.slice(ASK.length)), answer(question as Ask) ?? null);
  }
}

/** What a file says; it is gone then. Undefined where there is none. */
function take(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "latin1");
    unlinkSync(file);
  } catch {
    return undefined;
  }
  try {
    const json = unseal(text);
    return json === undefined ? undefined : (JSON.parse(decodeText(json)) as { said: unknown }).said;
  } catch {
    return undefined;
  }
}

function writeJson(file: string, json: unknown): void {
  writeWhole(file, seal(encodeText(JSON.stringify({ said: json }))));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
