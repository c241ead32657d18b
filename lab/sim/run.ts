import { parseArgs } from "node:util";
import { type SimReport, simulate } from "./simulate.ts";

/**
 * node lab/sim/run.ts --seed N       replays one seed and prints its transcript
 * node lab/sim/run.ts --seeds N [--from M]   runs many, and stops at the first that breaks a promise
 */
const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
  },
});

if (values.seed !== undefined) replay(Number(values.seed));
else runMany(Number(values.from), Number(values.seeds));

function replay(seed: number): void {
  const report = simulate(seed);
  console.log(JSON.stringify(report.scenario, undefined, 1));
  console.log(report.transcript.join("\n"));
  conclude(report);
}

function runMany(from: number, count: number): void {
  let steps = 0;
  for (let seed = from; seed < from + count; seed++) {
    const report = simulate(seed);
    steps += report.steps;
    if (report.broken === undefined) continue;
    conclude(report);
    return;
  }
  console.log(`${count} seeds, ${steps} steps: every promise was kept`);
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
