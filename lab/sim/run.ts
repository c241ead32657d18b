import { parseArgs } from "node:util";
import { type SimReport, simulate } from "./simulate.ts";

/**
 * node lab/sim/run.ts --seed N         replays one seed and prints its transcript
 * node lab/sim/run.ts --seeds N        runs seeds 1 to N, and stops at the first that breaks a promise
 * node lab/sim/run.ts --seeds M:N      runs seeds M to N
 */
const { values } = parseArgs({
  options: { seed: { type: "string" }, seeds: { type: "string", default: "1000" } },
});

if (values.seed !== undefined) await replay(seedOf(values.seed));
else await runMany(...rangeOf(values.seeds));

function rangeOf(text: string): [first: number, last: number] {
  const [first, last, ...rest] = text.includes(":") ? text.split(":") : ["1", text];
  const range: [number, number] = [seedOf(first!), seedOf(last!)];
  if (rest.length > 0 || range[0] > range[1]) throw new Error(`--seeds ${text}: give N, or M:N with M <= N`);
  return range;
}

/** A seed is a whole number from 1: anything else would be a run of nothing that keeps every promise. */
function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed > 0 && Number.isSafeInteger(seed)) return seed;
  throw new Error(`${JSON.stringify(text)} is no seed: seeds are whole numbers from 1`);
}

async function replay(seed: number): Promise<void> {
  const report = await simulate(seed);
  console.log(JSON.stringify(report.scenario, undefined, 1));
  console.log(report.transcript.join("\n"));
  conclude(report);
}

async function runMany(first: number, last: number): Promise<void> {
  let steps = 0;
  for (let seed = first; seed <= last; seed++) {
    const report = await simulate(seed);
    steps += report.steps;
    if (report.broken === undefined) continue;
    conclude(report);
    return;
  }
  console.log(`${last - first + 1} seeds, ${steps} steps: every promise was kept`);
}

function conclude({ seed, broken }: SimReport): void {
  if (broken === undefined) {
    console.log(`seed ${seed}: every promise was kept`);
    return;
  }
  console.log(broken.stack);
  console.log(`replay: node lab/sim/run.ts --seed ${seed}`);
  process.exitCode = 1;
}
