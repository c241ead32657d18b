import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { judge } from "./crash/judge.ts";
import { scenarioOf } from "./crash/scenario.ts";
import { forget, play } from "./crash/story.ts";

const CRASHES = Number(process.env["YONDER_CRASHES"] ?? 200);
const SEED = process.env["YONDER_CRASH_SEED"];

test(`the driver is killed at ${CRASHES} moments, and nothing is lost`, async (t) => {
  if (SEED !== undefined) return void (await playOne(Number(SEED)));
  let seed = Math.floor(Math.random() * 1e9);
  let crashes = 0;
  let stories = 0;
  const line = async (): Promise<void> => {
    for (; crashes < CRASHES; stories++) {
      // Not `crashes += await`, which would forget what the other lines have counted meanwhile.
      const killed = await playOne(seed++);
      crashes += killed;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, line));
  // Also where YONDER_CRASHES is no number.
  assert.ok(crashes > 0 && crashes >= CRASHES, `${crashes} of ${process.env["YONDER_CRASHES"]} crashes`);
  t.diagnostic(`${crashes} crashes in ${stories} stories`);
});

/** Resolves with the number of drivers that were killed. */
async function playOne(seed: number): Promise<number> {
  const scenario = scenarioOf(seed);
  let place = "";
  try {
    const story = await play(scenario);
    place = ` in ${story.directory}`;
    await judge(scenario, story);
    forget(story);
    return story.killCount;
  } catch (error) {
    const replay = `YONDER_CRASH_SEED=${seed} node --test test/system/crash.test.ts`;
    throw new Error(`${replay}  # ${JSON.stringify(scenario)}${place}`, { cause: error });
  }
}
