import { textFile } from "../inputs.ts";
import type { Comparison, Contender, Measurement, Setting } from "../measurement.ts";

interface PipeCase {
  readonly option: "--pipe" | "--pipepart";
  readonly counter: Counter;
  readonly ratio: number;
}

/** Programs that count lines, each in its own way: what they cost beside being fed is the same for everybody. */
const COUNTERS = {
  wc: ["wc", "-l"],
  awk: ["awk", "'{n++} END{print n}'"],
  grep: ["grep", "-c", "''"],
} as const;
type Counter = keyof typeof COUNTERS;

const LIMIT_MB = 150;

/** How fast one large input reaches the jobs; they count its lines, so that what has arrived can be checked. */
export function throughput(setting: Setting, { option, counter, ratio }: PipeCase): Measurement {
  return {
    name: `${option} ${COUNTERS[counter].join(" ")}, ${megabytes(setting)} MB`,
    unit: "MB/s",
    onDisk: true,
    ...work(setting, option, counter),
    comparisons: [{ ours: "yonder", theirs: "GNU parallel", wanted: "at least", ratio }],
  };
}

/** The driver's memory during the same. */
export function pipeMemory(setting: Setting, option: PipeCase["option"]): Measurement {
  const { contenders, check } = work(setting, option, "wc");
  const limit: Comparison = { ours: "yonder", theirs: LIMIT_MB, wanted: "at most", ratio: 1 };
  return {
    name: `${option} wc -l, ${megabytes(setting)} MB`,
    unit: "MB peak",
    contenders: contenders.slice(0, 1),
    onDisk: true,
    roundsFactor: 0,
    check,
    comparisons: [limit],
  };
}

function megabytes({ scale }: Setting): number {
  return { smoke: 4, usual: 256, full: 1000 }[scale];
}

function work(
  setting: Setting,
  option: PipeCase["option"],
  counter: Counter,
): Pick<Measurement, "contenders" | "check"> {
  const { yonder, parallel } = setting;
  const amount = megabytes(setting);
  const { path, lines } = textFile(setting, amount);
  const contender = (name: string, program: readonly string[]): Contender => {
    if (option === "--pipe") {
      return {
        name,
        command: () => [...program, "-j2", "--pipe", ...COUNTERS[counter]],
        stdin: path,
        amount,
      };
    }
    return {
      name,
      command: () => [...program, "-j2", "--pipepart", "-a", path, ...COUNTERS[counter]],
      amount,
    };
  };
  return {
    contenders: [
      contender("yonder", yonder),
      ...(parallel === undefined ? [] : [contender("GNU parallel", parallel)]),
    ],
    check({ output }) {
      const counted = output.head.split("\n").reduce((sum, line) => sum + Number(line), 0);
      if (counted !== lines) throw new Error(`${counted} of ${lines} lines have reached the jobs`);
    },
  };
}
