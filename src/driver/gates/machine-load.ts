import { readFileSync } from "node:fs";
import { freemem, loadavg } from "node:os";
import { loadIn, type MachineLoad } from "../../launch/ssh/facts/load.ts";
import { KERNEL_FILES, type LoadKind } from "../../launch/ssh/facts/load-script.ts";

/** What this machine is doing, as far as `kinds` ask for it. */
export function machineLoad(kinds: readonly LoadKind[]): MachineLoad {
  const files = kinds.map((kind) => KERNEL_FILES[kind]);
  const load = loadIn(Object.fromEntries(files.map((file) => [file, kernelText(`/proc/${file}`)])));
  return {
    ...load,
    ...(kinds.includes("memory") && { availableMemoryBytes: load.availableMemoryBytes ?? freemem() }),
    ...(kinds.includes("processes") && { runnable: load.runnable ?? loadavg()[0] }),
  };
}

/** Bytes that a new process can use without swapping. */
export function availableMemory(): number {
  return machineLoad(["memory"]).availableMemoryBytes!;
}

/** Undefined where there is no such file: another system than Linux. */
function kernelText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
