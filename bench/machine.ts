import { spawnSync } from "node:child_process";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";

/** What a reader of old numbers has to know; nothing that names the machine or its user. */
export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGb: number;
  readonly system: string;
  /** Processes that wanted to run as it began: much more than 0 means that others took part. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "",
    cpus: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split("-")[0]}`,
    load: loadavg()[0]!,
    versions: {
      node: process.versions.node,
      yonder: firstLine("git", ["describe", "--always", "--dirty"]),
      parallel: firstLine("parallel", ["--version"]),
      xargs: firstLine("xargs", ["--version"]),
      compiler: firstLine("cc", ["--version"]),
    },
  };
}

function firstLine(program: string, words: readonly string[]): string {
  const { stdout, status } = spawnSync(program, words, { encoding: "utf8", env: process.env });
  return status === 0 ? (stdout.split("\n")[0] ?? "") : "none";
}
