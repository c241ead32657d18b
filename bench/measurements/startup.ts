import type { Contender, Measurement, Setting } from "../measurement.ts";

/** One job from start to finish: what a person waits for. */
export function startup({ yonder, parallel }: Setting): Measurement {
  const one = (name: string, program: readonly string[]): Contender => ({
    name,
    command: () => [...program, "echo", ":::", "1"],
    amount: 1,
  });
  return {
    name: "one job, start to finish",
    unit: "ms",
    contenders: [
      one("yonder", yonder),
      one("yonder without a journal", [...yonder, "--no-journal"]),
      ...(parallel === undefined ? [] : [one("GNU parallel", parallel)]),
    ],
    roundsFactor: 4,
    check({ output }) {
      if (output.head !== "1\n") throw new Error(`it printed: ${output.head}`);
    },
    comparisons: [
      { ours: "yonder", theirs: "GNU parallel", wanted: "at most", ratio: 0.65 },
      { ours: "yonder without a journal", theirs: "GNU parallel", wanted: "at most", ratio: 0.65 },
    ],
  };
}
