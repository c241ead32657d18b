import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type SshLab, sshLab } from "../test/ssh/lab.ts";
import { labRefusal } from "../test/ssh/refusal.ts";
import { machine } from "./machine.ts";
import type { Measurement, Scale, Setting } from "./measurement.ts";
import { largeOutput, longInput } from "./measurements/memory.ts";
import { pipeMemory, throughput } from "./measurements/pipe.ts";
import { optionCosts, rate } from "./measurements/rate.ts";
import { actorCalls, emptyTasks, sharedArray, taskGraph } from "./measurements/sdk.ts";
import { sshMeasurements } from "./measurements/ssh.ts";
import { startup } from "./measurements/startup.ts";
import { lookUpActions, putLargeFile, putSmallFiles } from "./measurements/store.ts";
import { runMeasurement } from "./runner.ts";
import { type Result, resultOf, tableOf } from "./table.ts";

/**
 * yonder beside xargs, GNU parallel and a C loop, in one run: `npm run bench`. See README.md for its options and for
 * how to read what it prints.
 */
const here = dirname(fileURLToPath(import.meta.url));
const { values: flags } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
    rounds: { type: "string" },
    only: { type: "string", default: "" },
    save: { type: "string" },
    home: { type: "string" },
    strict: { type: "boolean", default: false },
  },
});
/** What statfs calls a file system in memory. */
const TMPFS = 0x01021994;
const scale: Scale = flags.smoke ? "smoke" : flags.full ? "full" : "usual";
const rounds = flags.smoke ? 1 : Number(flags.rounds ?? 5);
if (!(Number.isSafeInteger(rounds) && rounds > 0))
  throw new Error(`--rounds ${flags.rounds}: a whole number from 1`);

const directory = mkdtempSync(join(tmpdir(), "yonder-bench-"));
const lab = labRefusal("loopback") === false ? await sshLab() : undefined;
const memory = mkdtempSync(join(flags.home ?? memoryDirectory(), "yonder-bench-"));
try {
  const about = { ...machine(), files: fileSystemOf(memory) };
  warnOfLoad(about.load, about.cpus);
  const results = await runAll(setUp(directory), new RegExp(flags.only));
  if (results.length === 0) throw new Error(`--only ${flags.only}: no measurement has such a name`);
  if (flags.save !== undefined) save(flags.save, { ...about, scale, rounds }, results);
  const missed = results.flatMap(({ comparisons }) => comparisons).filter(({ holds }) => !holds).length;
  if (flags.strict && missed > 0) process.exitCode = 1;
} finally {
  await lab?.close();
  for (const folder of [directory, memory]) rmSync(folder, { recursive: true, force: true });
}

async function runAll(setting: Setting, only: RegExp): Promise<Result[]> {
  const measurements: Measurement[] = [
    rate(setting),
    optionCosts(setting),
    startup(setting),
    longInput(setting),
    largeOutput(setting),
    throughput(setting, { option: "--pipe", counter: "wc", ratio: 2 }),
    throughput(setting, { option: "--pipe", counter: "awk", ratio: 1.2 }),
    throughput(setting, { option: "--pipe", counter: "grep", ratio: 1.2 }),
    throughput(setting, { option: "--pipepart", counter: "wc", ratio: 1.2 }),
    throughput(setting, { option: "--pipepart", counter: "awk", ratio: 1.2 }),
    throughput(setting, { option: "--pipepart", counter: "grep", ratio: 1.2 }),
    pipeMemory(setting, "--pipe"),
    pipeMemory(setting, "--pipepart"),
    putLargeFile(setting),
    putSmallFiles(setting),
    lookUpActions(setting),
    ...emptyTasks(setting),
    ...taskGraph(setting),
    actorCalls(setting),
    sharedArray(setting),
  ];
  if (lab !== undefined) measurements.push(...sshMeasurements(setting, await hostsOf(lab)));
  const results: Result[] = [];
  for (const measurement of measurements) {
    if (!only.test(measurement.name)) continue;
    const home = measurement.onDisk ? setting.directory : memory;
    const result = resultOf(measurement, await runMeasurement(measurement, rounds, home));
    results.push(result);
    // A smoke test shows that everything runs; its numbers mean nothing.
    console.log(scale === "smoke" ? `ran: ${result.name}` : tableOf(result));
  }
  return results;
}

/** Eight sshds of this user, which every ssh, scp and rsync that is started from here knows by name. */
async function hostsOf(ssh: SshLab): Promise<readonly string[]> {
  const names = Array.from({ length: 8 }, (_, index) => `host${index + 1}`);
  await Promise.all(names.map((name) => ssh.loopback(name)));
  process.env["PATH"] = ssh.env["PATH"];
  return names;
}

/** Where captures and journals cost every program the same, whatever this machine's disk is; the disk where there is none. */
function memoryDirectory(): string {
  try {
    const { type, bavail, bsize } = statfsSync("/dev/shm");
    if (type === TMPFS && bavail * bsize > 2 ** 30) return "/dev/shm";
  } catch {
    // no /dev/shm here
  }
  return tmpdir();
}

function fileSystemOf(folder: string): "memory" | "disk" {
  return statfsSync(folder).type === TMPFS ? "memory" : "disk";
}

function setUp(directory: string): Setting {
  const bundle = join(here, "../dist/yonder.cjs");
  if (!existsSync(bundle)) throw new Error("there is no dist/: run `npm run build` first");
  const hasParallel = spawnSync("parallel", ["--version"]).status === 0;
  return {
    scale,
    directory,
    yonder: [process.execPath, bundle, "run"],
    parallel: hasParallel ? ["parallel", "--will-cite"] : undefined,
    loop: compiledLoop(directory),
  };
}

function compiledLoop(directory: string): string | undefined {
  const program = join(directory, "posix-spawn-loop");
  const source = join(here, "posix-spawn-loop.c");
  const { status, stderr } = spawnSync("cc", ["-O2", "-o", program, source]);
  if (status === 0) return program;
  console.error(`the C loop is left out: ${stderr?.toString().trim() || "there is no C compiler (cc)"}`);
  return undefined;
}

function warnOfLoad(load: number, cpus: number): void {
  if (load < 0.5 * cpus || flags.smoke) return;
  console.error(`others keep this machine busy (load ${load.toFixed(1)}): read ratios, not rates\n`);
}

/** A dated folder in runs/: what was measured on what, and the values of every round. */
function save(name: string, about: object, results: readonly Result[]): void {
  const date = new Date().toISOString().slice(0, 10);
  const folder = join(here, "runs", `${date}-${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "results.json"),
    `${JSON.stringify({ date, ...about, results }, undefined, 1)}\n`,
  );
  writeFileSync(join(folder, "table.txt"), results.map(tableOf).join("\n"));
}
