import { fileURLToPath } from "node:url";
import type { Contender, Measurement, Run, Setting } from "../measurement.ts";

const work = fileURLToPath(new URL("../sdk/work.ts", import.meta.url));

/** Empty tasks on two threads, beside Piscina, which gets fewer where it would take long. */
export function emptyTasks({ scale }: Setting): Measurement[] {
  const small = scale === "smoke";
  const amounts = small ? [400, 400, 40] : [400_000, 100_000, 10_000];
  const [bulk = 0, single = 0, round = 0] = amounts;
  return [
    rivals("empty tasks in bulk (y.map), two threads", "map", bulk, single, {
      wanted: "at least",
      ratio: 10,
    }),
    rivals("empty tasks, Promise.all of y.run", "all", single, single, { wanted: "at least", ratio: 2 }),
    rivals("empty tasks, one after the other", "sequence", round, round, { wanted: "at least", ratio: 1 }),
  ];
}

/** A graph of tasks that wait for each other: its rate, and the memory that it takes. */
export function taskGraph({ scale }: Setting): Measurement[] {
  const amount = scale === "smoke" ? 1000 : 100_000;
  const contender = program("yonder", "yonder", "graph", amount);
  const common = { contenders: [contender], check };
  const rate = { ours: "yonder", theirs: 20_000, wanted: "at least", ratio: 1 } as const;
  const memory = { ours: "yonder", theirs: 1000, wanted: "at most", ratio: 1 } as const;
  return [
    { ...common, name: `fan-out and fan-in, ${amount} tasks`, unit: "tasks/s", comparisons: [rate] },
    { ...common, name: `memory of the same`, unit: "bytes/task", comparisons: [memory] },
  ];
}

/** Calls of one actor, many under way. */
export function actorCalls({ scale }: Setting): Measurement {
  const amount = scale === "smoke" ? 400 : 200_000;
  return {
    name: `${amount} calls of an actor, pipelined`,
    unit: "tasks/s",
    contenders: [
      program("thread", "yonder", "actor", amount),
      program("process", "yonder", "actor-process", amount),
      program("durable", "yonder", "actor-durable", amount),
    ],
    check,
    comparisons: [
      { ours: "thread", theirs: 100_000, wanted: "at least", ratio: 1 },
      { ours: "process", theirs: 100_000, wanted: "at least", ratio: 1 },
    ],
  };
}

/** A typed array that eight tasks read. */
export function sharedArray({ scale }: Setting): Measurement {
  const bytes = scale === "smoke" ? 2 ** 20 : 2 ** 28;
  return {
    name: `${bytes / 2 ** 20} MB to eight tasks`,
    unit: "copies",
    contenders: [program("yonder", "yonder", "array", bytes)],
    check,
    comparisons: [{ ours: "yonder", theirs: 1.1, wanted: "at most", ratio: 1 }],
  };
}

function rivals(
  name: string,
  what: string,
  amount: number,
  amountOfPiscina: number,
  comparison: { readonly wanted: "at least"; readonly ratio: number },
): Measurement {
  return {
    name,
    unit: "tasks/s",
    contenders: [
      program("yonder", "yonder", what, amount),
      program("Piscina", "piscina", what, amountOfPiscina),
    ],
    check,
    comparisons: [{ ours: "yonder", theirs: "Piscina", ...comparison }],
  };
}

function program(name: string, who: string, what: string, amount: number): Contender {
  return { name, amount, command: () => [process.execPath, work, who, what, String(amount)] };
}

/** The program has checked its results itself. */
function check({ output }: Run): void {
  if (!output.head.startsWith("measured ")) throw new Error(`it printed: ${output.head}`);
}
