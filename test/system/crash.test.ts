import { availableParallelism } from "node:os";
import { test } from "node:test";
import { judge } from "./crash/judge.ts";
import { scenarioOf } from "./crash/scenario.ts";
import { forget, play } from "./crash/story.ts";

const CRASHES = Number(process.env["YONDER_CRASHES"] ?? 200);
const SEED = process.env["YONDER_CRASH_SEED"];

const isAsked = SEED !== undefined || process.env["YONDER_CRASHES"] !== undefined;
// On a busy machine it does not always end in its time; until that is settled it runs when asked for.
const skip = isAsked ? false : "run it with YONDER_CRASHES=200 (docs/internals/journal.md says what is open)";

test(`the driver is killed at ${CRASHES} moments, and nothing is lost`, { skip }, async (t) => {
  if (SEED !== undefined) return void (await playOne(Number(SEED)));
  let seed = Math.floor(Math.random() * 1e9);
  let crashes = 0;
  const line = async (): Promise<void> => {
    while (crashes < CRASHES) crashes += await playOne(seed++);
  };
  await Promise.all(Array.from({ length: availableParallelism() + 2 }, line));
  t.diagnostic(`${crashes} crashes`);
});

/** Resolves with the number of drivers that were killed. */
async function playOne(seed: number): Promise<number> {
  const scenario = scenarioOf(seed);
  const story = await play(scenario);
  try {
    await judge(scenario, story);
  } catch (error) {
    const replay = `YONDER_CRASH_SEED=${seed} node --test test/system/crash.test.ts`;
    throw new Error(`${replay}  # ${JSON.stringify(scenario)} in ${story.directory}`, { cause: error });
  }
  forget(story);
  return story.killCount;
}
