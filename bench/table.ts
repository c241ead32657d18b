import type { Measurement } from "./measurement.ts";
import type { Values } from "./runner.ts";

/** A measurement with what came of it. */
export interface Result {
  readonly name: string;
  readonly unit: Measurement["unit"];
  readonly values: Readonly<Record<string, readonly number[]>>;
  readonly medians: Readonly<Record<string, number>>;
  readonly comparisons: readonly Compared[];
}

export interface Compared {
  readonly ours: string;
  readonly theirs: string | number;
  readonly ratio: number;
  readonly wanted: string;
  readonly holds: boolean;
}

export function resultOf(measurement: Measurement, values: Values): Result {
  const { name, unit } = measurement;
  const medians = Object.fromEntries([...values].map(([contender, all]) => [contender, median(all)]));
  const comparisons = measurement.comparisons.flatMap(({ ours, theirs, wanted, ratio }): Compared[] => {
    const [one, other] = [medians[ours], typeof theirs === "number" ? theirs : medians[theirs]];
    if (one === undefined || other === undefined) return [];
    const measured = one / other;
    const holds = wanted === "at least" ? measured >= ratio : measured <= ratio;
    return [{ ours, theirs, ratio: measured, wanted: `${wanted} ${ratio}`, holds }];
  });
  return { name, unit, values: Object.fromEntries(values), medians, comparisons };
}

/** One measurement as lines of text: its medians with their spread, then how they compare. */
export function tableOf({ name, unit, values, comparisons, medians }: Result): string {
  const lines = [`${name} (${unit})`];
  for (const [contender, all] of Object.entries(values)) {
    const spread = all.length > 1 ? `  (${number(Math.min(...all))} to ${number(Math.max(...all))})` : "";
    lines.push(`  ${contender.padEnd(28)} ${number(medians[contender]!).padStart(8)}${spread}`);
  }
  for (const { ours, theirs, ratio, wanted, holds } of comparisons) {
    const rival = typeof theirs === "number" ? `${number(theirs)} ${unit}` : theirs;
    lines.push(`  ${holds ? "✓" : "✗"} ${ours}: ${ratio.toFixed(2)} × ${rival}, wanted ${wanted}`);
  }
  return `${lines.join("\n")}\n`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : value.toFixed(1);
}
