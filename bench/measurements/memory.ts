import { numbers } from "../inputs.ts";
import type { Measurement, Setting } from "../measurement.ts";

const LIMIT_MB = 150;

/** The driver's memory while its input is long: it must not grow with it. */
export function longInput(setting: Setting): Measurement {
  const jobs = { smoke: 500, usual: 20_000, full: 1_000_000 }[setting.scale];
  return {
    name: `seq ${jobs} | yonder true`,
    unit: "MB peak",
    contenders: [
      {
        name: "yonder",
        command: () => [...setting.yonder, "-j2", "true"],
        stdin: numbers(setting, jobs),
        amount: jobs,
      },
    ],
    onDisk: true,
    roundsFactor: 0,
    check() {},
    comparisons: [{ ours: "yonder", theirs: LIMIT_MB, wanted: "at most", ratio: 1 }],
  };
}

/** The driver's memory while jobs write much that has to wait for its turn. */
export function largeOutput({ scale, yonder }: Setting): Measurement {
  const jobs = scale === "smoke" ? 4 : 20;
  const each = { smoke: 1, usual: 20, full: 100 }[scale];
  const bytes = jobs * each * 2 ** 20;
  return {
    name: `-k -n0 'head -c ${each}M /dev/zero', ${jobs} times`,
    unit: "MB peak",
    contenders: [
      {
        name: "yonder",
        command: () => [
          ...yonder,
          "-k",
          "-n0",
          `head -c ${each}M /dev/zero`,
          ":::",
          ...Array.from({ length: jobs }, (_, index) => String(index)),
        ],
        amount: jobs,
      },
    ],
    onDisk: true,
    roundsFactor: 0,
    check({ output }) {
      if (output.bytes !== bytes) throw new Error(`${output.bytes} bytes came out, not ${bytes}`);
    },
    comparisons: [{ ours: "yonder", theirs: LIMIT_MB, wanted: "at most", ratio: 1 }],
  };
}
