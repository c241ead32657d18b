import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Contender, type Measurement, measured, type Output, type Run } from "./measurement.ts";

/** The values of all rounds, by contender. */
export type Values = ReadonlyMap<string, readonly number[]>;

const HEAD_BYTES = 1 << 20;
const MEMORY_LOOK_MS = 10;

/**
 * Runs the contenders in turns, so that whatever else the machine does falls on all of them, beginning with another one
 * in each round. A first round warms caches and does not count. All find the same `home`, as a person's programs do,
 * and have their files in it.
 */
export async function runMeasurement(
  measurement: Measurement,
  rounds: number,
  home: string,
): Promise<Values> {
  const { contenders, unit } = measurement;
  const values = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  const count = Math.max(1, Math.round(rounds * (measurement.roundsFactor ?? 1)));
  const first = count > 1 ? -1 : 0;
  for (let round = first; round < count; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(turn + round + 1) % contenders.length]!;
      const run = await runOnce(contender, home);
      try {
        measurement.check(run, contender);
      } catch (error) {
        throw new Error(`${measurement.name}: ${contender.name}: ${(error as Error).message}`);
      }
      if (round >= 0) values.get(contender.name)!.push(measured(unit, run, contender.amount));
    }
  }
  return values;
}

async function runOnce(contender: Contender, home: string): Promise<Run> {
  const scratch = mkdtempSync(join(home, "run-"));
  const stdin = openSync(contender.stdin ?? "/dev/null", "r");
  try {
    const [program = "", ...words] = contender.command(scratch);
    const startedMs = performance.now();
    const child = spawn(program, words, {
      stdio: [stdin, "pipe", "inherit"],
      env: { ...process.env, HOME: home, TMPDIR: home, XDG_STATE_HOME: join(home, "state") },
    });
    const peak = watchMemory(child);
    const output = collect(child);
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", resolve);
    });
    const wallMs = performance.now() - startedMs;
    if (exitCode !== 0) throw new Error(`${contender.name} ended with exit status ${exitCode}`);
    return { wallMs, peakBytes: peak(), output: await output };
  } finally {
    closeSync(stdin);
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The kernel keeps the peak; looking often is only for not missing the last of it. */
function watchMemory(child: ChildProcess): () => number {
  let peakBytes = 0;
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "latin1");
      peakBytes = Math.max(peakBytes, 1024 * Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0));
    } catch {
      // Over, or no /proc here.
    }
  }, MEMORY_LOOK_MS);
  return () => {
    clearInterval(timer);
    return peakBytes;
  };
}

async function collect(child: ChildProcess): Promise<Output> {
  let bytes = 0;
  let head = "";
  for await (const chunk of child.stdout!) {
    const data = chunk as Buffer;
    bytes += data.length;
    if (head.length < HEAD_BYTES) head += data.toString("latin1");
  }
  return { bytes, head };
}
