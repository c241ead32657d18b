import { mulberry32 } from "../crash/random.ts";
import type { Moment } from "../crash/scenario.ts";

/** Where the output of a job goes. */
export const KINDS: Readonly<Record<string, readonly string[]>> = {
  tree: ["--results", "res"],
  "tree, named": ["--results", "res", "--files"],
  "tree, compressed": ["--results", "res", "--compress"],
  files: ["--results", "res/{#}.txt"],
  directories: ["--results", "res/{#}/"],
  csv: ["--results", "res.csv"],
  tsv: ["--results", "res.tsv"],
  json: ["--results", "res.json"],
  "csv of names": ["--results", "res.csv", "--files"],
  "csv on stdout": ["--results", "-.csv"],
  "json on stdout": ["--results", "-.json"],
  out: ["--out", "res/{#}"],
  names: ["--files"],
  "names, compressed": ["--files", "--compress"],
  array: ["-k", "--_parset", "var,array"],
  variables: ["-k", "--_parset", `var,${Array.from({ length: 40 }, (_, index) => `v${index + 1}`).join()}`],
  "associative array": ["-k", "--_parset", "assoc,array"],
  shown: [],
  "shown with commands": ["-v"],
  "shown in colour": ["--color"],
  "failures in colour": ["--color-failed"],
};

/** One story: a job, and when its drivers are killed. All of it follows from the seed. */
export interface Scenario {
  readonly seed: number;
  /** A key of KINDS. */
  readonly kind: string;
  readonly taskCount: number;
  readonly slots: number;
  readonly keepOrder: boolean;
  readonly tag: boolean;
  readonly joblog: boolean;
  /** Longer than what the journal keeps of a command in any case. */
  readonly hasLongCommand: boolean;
  /** Bytes of the middle line of each task's output. */
  readonly lineBytes: number;
  /** When to kill each driver. The one after them lives. */
  readonly kills: readonly Moment[];
  /** In the end, what has failed runs once more, under a driver that is killed, and one that is not. */
  readonly again: Moment | undefined;
}

export function scenarioOf(seed: number, kind?: string): Scenario {
  const random = mulberry32(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const moment = (): Moment => ({
    of: random() < 0.2 ? "start" : "records",
    part: random(),
    thenMs: random() < 0.5 ? 0 : Math.floor(8 * random()),
  });
  const picked = pick(Object.keys(KINDS));
  return {
    seed,
    kind: kind ?? picked,
    taskCount: 10 + Math.floor(random() * 24),
    slots: pick([1, 2, 3, 8]),
    keepOrder: random() < 0.5,
    tag: random() < 0.3,
    joblog: random() < 0.5,
    hasLongCommand: random() < 0.2,
    lineBytes: pick([1, 1, 200, 5000, 100_000]),
    kills: Array.from({ length: pick([1, 2, 3, 4]) }, moment),
    again: random() < 0.5 ? moment() : undefined,
  };
}

/** Without shell code that is read by nobody, what an array holds must not say that something has failed. */
function mayFail({ kind }: Scenario): boolean {
  return !KINDS[kind]!.includes("--_parset");
}

/** What runs once more leaves the same in these. Elsewhere its output comes a second time. */
export function isReplaced({ kind }: Scenario): boolean {
  return /^(tree|tree, compressed|files|directories|csv|tsv|json|out)$/.test(kind);
}

/** Prints nothing, a little or much, on one or both streams; may take its time, and may fail. */
function commandOf(scenario: Scenario): string {
  return [
    "n={#}; : {}",
    ...(scenario.hasLongCommand ? [`: ${"long ".repeat(1000)}`] : []),
    `[ $((n % 5)) = 0 ] || { echo "<$n"; cat line; echo "'$n', \\"quoted\\">"; }`,
    '[ $((n % 3)) != 0 ] || echo "error$n" >&2',
    "[ $((n % 9)) != 0 ] || sleep 0.1",
    ...(scenario.kind === "out" ? ['echo "made $n" >{out}'] : []),
    ...(mayFail(scenario) ? ["[ $((n % 7)) != 0 ]"] : []),
  ].join("; ");
}

export function wordsOf(scenario: Scenario): string[] {
  const { kind, slots, keepOrder, tag, joblog, taskCount } = scenario;
  return [
    "run",
    `-j${slots}`,
    ...(keepOrder ? ["-k"] : []),
    ...(tag ? ["--tag"] : []),
    ...(joblog ? ["--joblog", "joblog"] : []),
    ...KINDS[kind]!,
    commandOf(scenario),
    ":::",
    ...Array.from({ length: taskCount }, (_, index) => `${index + 1} "x",\ty`),
  ];
}
