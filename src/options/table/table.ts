import { environmentRows } from "./environment.ts";
import { failureRows } from "./failures.ts";
import { informationRows } from "./information.ts";
import { inputRows } from "./inputs.ts";
import { limitRows } from "./limits.ts";
import { outputRows } from "./output.ts";
import { packingRows } from "./packing.ts";
import { pipeRows } from "./pipe.ts";
import { progressRows } from "./progress.ts";
import { recordRows } from "./records.ts";
import { remoteRows } from "./remote.ts";
import { replacementRows } from "./replacement.ts";
import { retiredRows } from "./retired.ts";
import type { OptionRow } from "./row.ts";
import { semaphoreRows } from "./semaphore.ts";

/** Every option, in the order of the topics. Parser, help, man page, completion and compatibility page come from it. */
export const optionTable: readonly OptionRow[] = [
  ...inputRows,
  ...replacementRows,
  ...packingRows,
  ...outputRows,
  ...progressRows,
  ...recordRows,
  ...limitRows,
  ...failureRows,
  ...pipeRows,
  ...environmentRows,
  ...semaphoreRows,
  ...remoteRows,
  ...informationRows,
  ...retiredRows,
];
