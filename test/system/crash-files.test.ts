import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { leftBy } from "./crash-files/left.ts";
import { isReplaced, KINDS, type Scenario, scenarioOf } from "./crash-files/scenario.ts";
import { play } from "./crash-files/story.ts";

const CRASHES = Number(process.env["YONDER_CRASHES"] ?? 60);
const SEED = process.env["YONDER_CRASH_SEED"];
const KIND = process.env["YONDER_CRASH_KIND"];

test(`drivers are killed at ${CRASHES} moments, and every file is as after one run`, async (t) => {
  if (SEED !== undefined) return void (await playOne(scenarioOf(Number(SEED), KIND)));
  assert.ok(CRASHES >= 1, "a test that kills nobody proves nothing");
  const kinds = Object.keys(KINDS);
  let seed = Math.floor(Math.random() * 1e9);
  let crashes = 0;
  let stories = 0;
  const line = async (): Promise<void> => {
    while (crashes < CRASHES) {
      const kind = kinds[stories++ % kinds.length]!;
      const killed = await playOne(scenarioOf(seed++, KIND ?? kind));
      crashes += killed;
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, line));
  t.diagnostic(`${crashes} crashes in ${stories} stories`);
});

/** Resolves with the number of drivers that were killed. */
async function playOne(given: Scenario): Promise<number> {
  const scenario = isReplaced(given) ? given : { ...given, again: undefined };
  const { seed, kind, again } = scenario;
  const replay = `YONDER_CRASH_SEED=${seed} YONDER_CRASH_KIND='${kind}' node --test test/system/crash-files.test.ts`;
  try {
    using whole = await play(scenario, []);
    using story = await play(scenario, scenario.kills);
    const compared = again === undefined ? scenario : { ...scenario, joblog: false };
    const [left, expected] = [story, whole].map(({ directory }) => leftBy(compared, directory));
    // What has failed has shown twice what it says.
    if (again !== undefined) for (const one of [left, expected]) one!["stdout"] = one!["stderr"] = undefined;
    assert.deepEqual(left, expected);
    return story.killCount;
  } catch (error) {
    throw new Error(`${replay}  # ${JSON.stringify(scenario)}`, { cause: error });
  }
}
