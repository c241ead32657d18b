/** One program that does the work of a measurement. */
export interface Contender {
  readonly name: string;
  /** The words of its command, for a run that may use `scratch`, a directory that is new for each. */
  command(scratch: string): readonly string[];
  /** A file on its standard input; nothing by default. */
  readonly stdin?: string;
  /** How many jobs, files, look-ups or MB its run takes: rivals that take minutes get fewer. */
  readonly amount: number;
}

/** What was seen of one run. */
export interface Run {
  readonly wallMs: number;
  /** The peak of the program's own memory, without its children's. */
  readonly peakBytes: number;
  readonly output: Output;
}

export interface Output {
  readonly bytes: number;
  /** The first kilobytes, for checks. */
  readonly head: string;
}

export type Unit =
  | "jobs/s"
  | "files/s"
  | "lookups/s"
  | "ms"
  | "MB/s"
  | "MB peak"
  | "tasks/s"
  | "bytes/task"
  | "copies";

/** Programs that do the same work, run in turns. Their medians are compared. */
export interface Measurement {
  readonly name: string;
  readonly unit: Unit;
  readonly contenders: readonly Contender[];
  /** Programs keep their files on the disk, not in memory: there are gigabytes of them. */
  readonly onDisk?: boolean;
  /** Rounds beyond those asked for, where one run is short. */
  readonly roundsFactor?: number;
  /** Throws where a run has not done the work: only equal work is compared. */
  check(run: Run, contender: Contender): void;
  readonly comparisons: readonly Comparison[];
}

/** `ours` is wanted to be at least, or at most, `ratio` times `theirs` (a contender, or a number of the unit). */
export interface Comparison {
  readonly ours: string;
  readonly theirs: string | number;
  readonly wanted: "at least" | "at most";
  readonly ratio: number;
}

/** How much of everything: `smoke` only shows that it runs, `full` is what the promises speak of. */
export type Scale = "smoke" | "usual" | "full";

/** What the measurements are made of. */
export interface Setting {
  readonly scale: Scale;
  /** A directory on the disk, for the inputs that runs share. */
  readonly directory: string;
  /** The words that start yonder. */
  readonly yonder: readonly string[];
  /** GNU parallel; undefined where it is not installed. */
  readonly parallel: readonly string[] | undefined;
  /** The C loop of posix_spawn; undefined where there is no compiler. */
  readonly loop: string | undefined;
}

/** The value of one run in the measurement's unit. */
export function measured(unit: Unit, run: Run, amount: number): number {
  switch (unit) {
    case "jobs/s":
    case "files/s":
    case "lookups/s":
    case "MB/s":
      return amount / (run.wallMs / 1000);
    case "ms":
      return run.wallMs;
    case "MB peak":
      return run.peakBytes / 1e6;
    // What the program has measured itself, without its start.
    case "tasks/s":
    case "copies":
      return Number(run.output.head.split(/\s+/)[1]);
    case "bytes/task":
      return Number(run.output.head.split(/\s+/)[2]);
  }
}
