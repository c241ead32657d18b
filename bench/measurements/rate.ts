import { join } from "node:path";
import { numbers } from "../inputs.ts";
import type { Contender, Measurement, Setting } from "../measurement.ts";

/** How many of the shortest jobs a second, output captured and grouped, two at a time. */
export function rate(setting: Setting): Measurement {
  const { scale, yonder, parallel, loop } = setting;
  const jobs = scale === "smoke" ? 40 : 5000;
  const jobsOfParallel = scale === "smoke" ? 20 : 1000;
  const all = numbers(setting, jobs);
  const contenders: Contender[] = [
    {
      name: "yonder",
      command: () => [...yonder, "-j2", "/bin/true"],
      stdin: all,
      amount: jobs,
    },
    {
      name: "xargs",
      command: () => ["xargs", "-P2", "-n1", "/bin/true"],
      stdin: all,
      amount: jobs,
    },
  ];
  if (parallel !== undefined) {
    contenders.push({
      name: "GNU parallel",
      command: () => [...parallel, "-j2", "/bin/true"],
      stdin: numbers(setting, jobsOfParallel),
      amount: jobsOfParallel,
    });
  }
  if (loop !== undefined) {
    const count = String(jobs);
    contenders.push(
      { name: "posix_spawn loop", command: () => [loop, count, "2", "/bin/true"], amount: jobs },
      {
        name: "posix_spawn loop, capturing",
        command: (scratch) => [loop, "-c", scratch, count, "2", "/bin/true"],
        amount: jobs,
      },
    );
  }
  return {
    name: `${jobs} × /bin/true, two slots`,
    unit: "jobs/s",
    contenders,
    check: nothingPrinted,
    comparisons: [
      { ours: "yonder", theirs: "xargs", wanted: "at least", ratio: 1.3 },
      { ours: "yonder", theirs: "GNU parallel", wanted: "at least", ratio: 5 },
      { ours: "yonder", theirs: "posix_spawn loop", wanted: "at least", ratio: 0.95 },
      { ours: "yonder", theirs: "posix_spawn loop, capturing", wanted: "at least", ratio: 0.95 },
    ],
  };
}

/** What each way of showing output costs, in jobs a second. */
export function optionCosts(setting: Setting): Measurement {
  const jobs = setting.scale === "smoke" ? 40 : 3000;
  const stdin = numbers(setting, jobs);
  const variant = (name: string, options: (scratch: string) => readonly string[]): Contender => ({
    name,
    command: (scratch) => [...setting.yonder, "-j2", ...options(scratch), "echo"],
    stdin,
    amount: jobs,
  });
  const variants = [
    variant("-k", () => ["-k"]),
    variant("--tag", () => ["--tag"]),
    variant("--joblog", (scratch) => ["--joblog", join(scratch, "joblog")]),
    variant("--results", (scratch) => ["--results", join(scratch, "results")]),
  ];
  return {
    name: `the cost of an option, ${jobs} × echo`,
    unit: "jobs/s",
    contenders: [variant("yonder", () => []), ...variants],
    check({ output }, { name }) {
      const lines = Array.from({ length: jobs }, (_, index) => String(index + 1));
      const text = name === "--tag" ? lines.map((line) => `${line}\t${line}`) : lines;
      const bytes = name === "--results" ? output.bytes : text.join("\n").length + 1;
      if (output.bytes !== bytes) throw new Error(`${output.bytes} bytes came out, not ${bytes}`);
    },
    comparisons: variants.map(({ name }) => ({
      ours: name,
      theirs: "yonder",
      wanted: "at least",
      ratio: 0.75,
    })),
  };
}

function nothingPrinted({
  output,
}: {
  readonly output: { readonly bytes: number; readonly head: string };
}): void {
  if (output.bytes > 0) throw new Error(`it printed: ${output.head}`);
}
