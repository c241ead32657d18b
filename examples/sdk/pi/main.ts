// π by throwing darts, on every core: node examples/sdk/pi/main.ts [millions of points]
import { connect } from "yonder-run";
import { hits } from "./tasks.ts";

const millions = Number(process.argv[2] ?? 20);
const POINTS = 1_000_000;

await using y = await connect();
const seeds = Array.from({ length: millions }, (_, index) => 0x9e37_79b9 ^ (index * 7919 + 1));
const counts = await y.get(seeds.map((seed) => y.run(hits, POINTS, seed)));
const inside = counts.reduce((sum, count) => sum + count);
const pi = (4 * inside) / (millions * POINTS);
const error = 1.64 / Math.sqrt(millions * POINTS); // of the estimate: 4 √(p (1 − p) / n), p = π / 4
console.log(`π ≈ ${pi.toFixed(5)} ± ${error.toFixed(5)}`);
