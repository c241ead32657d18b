import assert from "node:assert/strict";
import { numbers, outputOf, type Scenario } from "./scenario.ts";

export type Stream = "stdout" | "stderr";

/** The tasks whose outputs a text consists of, in order; nothing else may be in it. */
export function blocksOf(
  text: string,
  scenario: Scenario,
  streams: readonly Stream[],
  end: "whole" | "cut off",
): number[] {
  const found: number[] = [];
  const blockOf = (task: number): string => {
    const output = outputOf(scenario, task);
    return streams.map((stream) => output[stream]).join("");
  };
  const isBeginning = (rest: string): boolean =>
    numbers(scenario.taskCount).some((task) => blockOf(Number(task)).startsWith(rest));
  for (let at = 0; at < text.length; ) {
    const task = Number(/^(?:\d+\t)?(?:<|error)(\d+)\n/.exec(text.slice(at, at + 40))?.[1] ?? 0);
    const block = blockOf(task);
    if (!text.startsWith(block, at)) {
      const isCutOff = end === "cut off" && isBeginning(text.slice(at));
      assert.ok(isCutOff, `after tasks ${found}: ${JSON.stringify(text.slice(at, at + 60))}`);
      break;
    }
    found.push(task);
    at += block.length;
  }
  return found;
}

/** The driver's own lines on standard error: the summary of failures, and warnings. */
export function withoutNotes(text: string, streams: readonly Stream[]): string {
  if (!streams.includes("stderr")) return text;
  return text.replaceAll(
    /^(?:yonder: Warning: .*|yonder: Error: job \w+ was stopped before it had read .*|yonder: run its command again|\d+ of \d+ failed:| {2}.*|.*not run\..*|Run (?:just these again|the failed ones, too): .*)\n/gm,
    "",
  );
}
