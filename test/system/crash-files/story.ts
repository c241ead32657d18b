import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killAt } from "../crash/moment.ts";
import type { Moment } from "../crash/scenario.ts";
import { jobIn, journalOf } from "../crash/story.ts";
import { program } from "../program.ts";
import { type Scenario, wordsOf } from "./scenario.ts";

const DRIVER_MS_MAX = 120_000;

export interface Story extends Disposable {
  readonly directory: string;
  readonly killCount: number;
}

/** Plays a scenario to its end; without `kills`, in one run. */
export async function play(scenario: Scenario, kills: readonly Moment[]): Promise<Story> {
  const directory = mkdtempSync(join(tmpdir(), "yonder-crash-"));
  mkdirSync(join(directory, "tmp"));
  writeFileSync(join(directory, "line"), `${"x".repeat(scenario.lineBytes)}\n`);
  let killCount = 0;
  const again = kills.length > 0 ? scenario.again : undefined;
  for (const moment of [...kills, undefined]) {
    const id = jobIn(directory);
    const words = id === undefined ? wordsOf(scenario) : ["resume", id];
    if (!(await drive(directory, words, scenario.taskCount, moment))) break;
    killCount++;
  }
  if (again !== undefined) {
    const id = jobIn(directory)!;
    const failed = Math.floor(scenario.taskCount / 7);
    if (await drive(directory, ["resume", "--failed", id], failed, again)) {
      killCount++;
      await drive(directory, ["resume", id], failed, undefined);
    }
  }
  return {
    directory,
    killCount,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** True where it was killed. */
async function drive(
  directory: string,
  words: readonly string[],
  records: number,
  moment: Moment | undefined,
): Promise<boolean> {
  const out = openSync(join(directory, "out"), "a");
  const err = openSync(join(directory, "err"), "a");
  const child = spawn(process.execPath, [program, ...words], {
    cwd: directory,
    env: {
      PATH: process.env["PATH"],
      HOME: directory,
      XDG_STATE_HOME: join(directory, "state"),
      TMPDIR: join(directory, "tmp"),
      SHELL: "/bin/sh",
    },
    stdio: ["ignore", out, err],
  });
  for (const fd of [out, err]) closeSync(fd);
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const timer = setTimeout(() => child.kill("SIGABRT"), DRIVER_MS_MAX);
  const progress = { journalLines: () => journalOf(directory).split("\n").length - 1, missing: records };
  const wasKilled = moment !== undefined && (await killAt(child, moment, progress));
  await exited;
  clearTimeout(timer);
  if (child.signalCode === "SIGABRT") throw new Error(`the driver did not end in time: ${directory}`);
  return wasKilled;
}
