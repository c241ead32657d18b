import { mulberry32 } from "./random.ts";

/** One story of crashes: what runs, how it is started, and when it is killed. All of it follows from the seed. */
export interface Scenario {
  readonly seed: number;
  readonly taskCount: number;
  readonly slots: number;
  /** -k */
  readonly keepOrder: boolean;
  /** --tag */
  readonly tag: boolean;
  readonly input: "arguments" | "file" | "pipe";
  readonly output: "file" | "pipe" | "both";
  /** Bytes of the middle line of each task's output. */
  readonly lineBytes: number;
  /** When to kill each driver. The one after them lives. */
  readonly kills: readonly Moment[];
}

export interface Moment {
  /** Of the time until its first task starts, or of the records that a driver has to write. */
  readonly of: "start" | "records";
  readonly part: number;
  /** So long after that. */
  readonly thenMs: number;
}

export function scenarioOf(seed: number): Scenario {
  const random = mulberry32(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const lineBytes = pick([1, 1, 200, 5000, 300_000]);
  return {
    seed,
    // Large outputs are for writes that are cut off: a few do.
    taskCount: lineBytes > 100_000 ? 10 : 12 + Math.floor(random() * 24),
    slots: pick([1, 2, 3, 8]),
    keepOrder: random() < 0.5,
    tag: random() < 0.3,
    input: pick(["arguments", "file", "pipe"]),
    output: pick(["file", "file", "pipe", "both"]),
    lineBytes,
    kills: Array.from({ length: pick([2, 3, 4, 6]) }, () => ({
      of: random() < 0.25 ? "start" : "records",
      part: random(),
      thenMs: random() < 0.5 ? 0 : Math.floor(8 * random()),
    })),
  };
}

/**
 * What each task does: says where another of its kind still runs, leaves a mark, prints a beginning, a long line and an
 * end, takes its time now and then, and fails if seven divides it.
 */
export const COMMAND: string = [
  'read pid 2>/dev/null <pid{} && read stat 2>/dev/null <"/proc/$pid/stat"',
  // A killed one that nobody has waited for yet does nothing any more.
  'case $stat in "" | *") Z "* | *") X "*) ;; *) echo {} >>overlaps ;; esac',
  "echo $$ >pid{}",
  "echo ran >>ran{}",
  'echo "<{}"',
  "cat line",
  'echo "{}>"',
  "echo error{} >&2",
  // Long enough to live on when the next driver has come, unless somebody ends it.
  "[ $(({} % 9)) != 0 ] || sleep 0.4",
  ": >pid{}",
  "[ $(({} % 7)) != 0 ]",
].join("; ");

export function wordsOf(scenario: Scenario): string[] {
  const { slots, keepOrder, tag, input, taskCount } = scenario;
  return [
    "run",
    `-j${slots}`,
    ...(keepOrder ? ["-k"] : []),
    ...(tag ? ["--tag"] : []),
    "--joblog",
    "joblog",
    COMMAND,
    ...(input === "arguments" ? [":::", ...numbers(taskCount)] : []),
  ];
}

export function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}

/** What a task prints, as it is shown. */
export function outputOf({ lineBytes, tag }: Scenario, task: number): { stdout: string; stderr: string } {
  const mark = tag ? `${task}\t` : "";
  return {
    stdout: `${mark}<${task}\n${mark}${"x".repeat(lineBytes)}\n${mark}${task}>\n`,
    stderr: `${mark}error${task}\n`,
  };
}
