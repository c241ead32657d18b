import type { Connection } from "../connection.ts";
import {
  diskBusyMs,
  type KernelTexts,
  loadAverage,
  memoryUse,
  runnableProcesses,
  type SwapCounts,
  swapCounts,
} from "./kernel-text.ts";
import { type LoadKind, loadScript, parseKernel } from "./load-script.ts";

/** What a machine is doing. Undefined where it does not tell, or was not asked. */
export interface MachineLoad {
  /** Bytes that a new process can use without swapping. */
  readonly availableMemoryBytes: number | undefined;
  /** Processes that run or wait for a disk right now; where the kernel does not tell, the load average of the last minute. */
  readonly runnable: number | undefined;
  readonly swap: SwapCounts | undefined;
  readonly diskBusyMs: ReadonlyMap<string, number> | undefined;
}

const ALL: readonly LoadKind[] = ["memory", "processes", "swap", "disks"];

/**
 * Asks a host in one round trip, for 1 to 3 ms of its CPU time: no program is started on Linux.
 *
 * @throws YonderError HOST where the connection ends first
 */
export async function measureLoad(
  { control }: Pick<Connection, "control">,
  kinds: readonly LoadKind[] = ALL,
): Promise<MachineLoad> {
  const { output } = await control.run(`exec 2>/dev/null\n${loadScript(kinds)}`);
  return loadIn(parseKernel(output));
}

export function loadIn(texts: KernelTexts): MachineLoad {
  return {
    availableMemoryBytes: memoryUse(texts).availableBytes,
    runnable: runnableProcesses(texts) ?? loadAverage(texts),
    swap: swapCounts(texts),
    diskBusyMs: diskBusyMs(texts),
  };
}
