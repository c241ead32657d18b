import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { numbers } from "../inputs.ts";
import type { Contender, Measurement, Setting } from "../measurement.ts";

/** Hosts are sshds on this machine, the same for all programs, which `ssh NAME` reaches. */
export function sshMeasurements(setting: Setting, names: readonly string[]): Measurement[] {
  return [
    sshRate(setting, names),
    sshContact(setting, names),
    sshFiles(setting, names),
    sshLargeFile(setting, names),
  ];
}

/** The shortest jobs, over ssh and here: what a host costs. */
function sshRate(setting: Setting, names: readonly string[]): Measurement {
  const { scale, yonder, parallel } = setting;
  const [name = ""] = names;
  const jobs = scale === "smoke" ? 40 : 2000;
  const jobsOfParallel = scale === "smoke" ? 4 : 40;
  const stdin = numbers(setting, jobs);
  const contenders: Contender[] = [
    {
      name: "yonder, over ssh",
      command: () => [...yonder, "-S", `2/${name}`, "true"],
      stdin,
      amount: jobs,
    },
    { name: "yonder, here", command: () => [...yonder, "-j2", "true"], stdin, amount: jobs },
  ];
  if (parallel !== undefined) {
    contenders.push({
      name: "GNU parallel, over ssh",
      command: () => [...parallel, "-S", `2/${name}`, "true"],
      stdin: numbers(setting, jobsOfParallel),
      amount: jobsOfParallel,
    });
  }
  return {
    name: `${jobs} × true over ssh, two slots`,
    unit: "jobs/s",
    contenders,
    check({ output }) {
      if (output.bytes > 0) throw new Error(`it printed: ${output.head}`);
    },
    comparisons: [
      { ours: "yonder, over ssh", theirs: "GNU parallel, over ssh", wanted: "at least", ratio: 100 },
      { ours: "yonder, over ssh", theirs: "yonder, here", wanted: "at least", ratio: 0.4 },
    ],
  };
}

/** How soon the first of eight hosts has run a job, and all of them; they share this machine's CPUs with us. */
function sshContact({ yonder }: Setting, names: readonly string[]): Measurement {
  const [name = ""] = names;
  const all = [...yonder, "-S", names.join(), "--nonall", "echo", "up"];
  return {
    name: `a first job at each of ${names.length} hosts`,
    unit: "ms",
    contenders: [
      {
        name: `yonder, first of ${names.length}`,
        // Nobody waits for what is at the other end of such a pipe.
        command: () => [
          "bash",
          "-c",
          'exec 3< <(exec "$@" 2>/dev/null); read -r line <&3; echo "$line"',
          "bash",
          ...all,
        ],
        amount: 1,
      },
      { name: `yonder, all ${names.length}`, command: () => all, amount: 1 },
      { name: "ssh, one host", command: () => ["ssh", name, "echo up"], amount: 1 },
    ],
    check({ output }, contender) {
      const wanted = "up\n".repeat(contender.name.includes("all") ? names.length : 1);
      if (output.head !== wanted) throw new Error(`it printed: ${output.head}`);
    },
    comparisons: [
      { ours: `yonder, first of ${names.length}`, theirs: "ssh, one host", wanted: "at most", ratio: 1.5 },
    ],
  };
}

/** Many files there, through a command, back, and away. */
function sshFiles(setting: Setting, names: readonly string[]): Measurement {
  const { scale, yonder, parallel, directory } = setting;
  const [name = ""] = names;
  const files = scale === "smoke" ? 4 : 500;
  const filesOfParallel = scale === "smoke" ? 2 : 20;
  const folder = join(directory, "files");
  mkdirSync(folder, { recursive: true });
  const paths = Array.from({ length: files }, (_, index) => `${index}.dat`);
  // Each has other bytes: files move by content, and the same would move once.
  for (const [index, path] of paths.entries()) {
    writeFileSync(join(folder, path), Buffer.alloc(100_000, `${index},`));
  }
  const list = (count: number): string => {
    const path = join(directory, `files-${count}`);
    writeFileSync(path, paths.slice(0, count).join("\n"));
    return path;
  };
  const job = (program: readonly string[], amount: number, contender: string): Contender => ({
    name: contender,
    // Names are relative, since the hosts have the files of this machine under their absolute ones.
    command: () => [
      ...["sh", "-c", 'cd "$0" && exec "$@"', folder, ...program, "-S", `2/${name}`],
      ...["--transfer", "--return", "{}.out", "--cleanup", "wc -c <{} >{}.out; echo {}"],
    ],
    stdin: list(amount),
    amount,
  });
  return {
    name: `${files} files of 100 KB there and back`,
    unit: "files/s",
    onDisk: true,
    contenders: [
      job(yonder, files, "yonder"),
      ...(parallel === undefined ? [] : [job(parallel, filesOfParallel, "GNU parallel")]),
    ],
    check({ output }, { amount }) {
      const lines = output.head.split("\n").filter((line) => line !== "");
      if (lines.length !== amount) throw new Error(`${lines.length} jobs, not ${amount}`);
      for (const path of lines)
        if (statSync(join(folder, `${path}.out`)).size === 0) throw new Error(`${path}.out is empty`);
    },
    comparisons: [{ ours: "yonder", theirs: "GNU parallel", wanted: "at least", ratio: 10 }],
  };
}

/** One large file, sent for one job. */
function sshLargeFile({ scale, yonder, directory }: Setting, names: readonly string[]): Measurement {
  const [name = ""] = names;
  const megabytes = scale === "smoke" ? 1 : scale === "full" ? 1000 : 250;
  const path = join(directory, "large");
  writeFileSync(path, Buffer.alloc(megabytes * 1_000_000, "0123456789abcdef\n"));
  return {
    name: `a file of ${megabytes} MB to a host`,
    unit: "MB/s",
    onDisk: true,
    contenders: [
      {
        name: "yonder --transfer",
        command: (scratch) => [
          ...["sh", "-c", 'cd "$0" && exec "$@"', directory, ...yonder, "-S", name, "--wd", `${scratch}/wd`],
          ...["--cleanup", "--transferfile", "{}", "wc -c <{}", ":::", "large"],
        ],
        amount: megabytes,
      },
      {
        name: "scp",
        command: (scratch) => [
          "sh",
          "-c",
          `scp -q ${path} ${name}:${scratch}/copy && wc -c <${scratch}/copy`,
        ],
        amount: megabytes,
      },
    ],
    check({ output }) {
      if (Number(output.head) !== megabytes * 1_000_000) throw new Error(`it printed: ${output.head}`);
    },
    comparisons: [{ ours: "yonder --transfer", theirs: "scp", wanted: "at least", ratio: 0.8 }],
  };
}
