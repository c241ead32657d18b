import type { Options } from "../../../options/options.ts";
import { isTerminal } from "../../../output/descriptor.ts";
import type { Progress, ProgressKind } from "../../../output/progress/progress.ts";

export interface JobProgress extends Progress {
  /** The number of tasks must be known from the start. */
  readonly needsTotal: boolean;
}

/** What draws the progress that was asked for; yonder's own panel where none was and a person looks on. */
export async function openJobProgress(
  options: Options,
  env: NodeJS.ProcessEnv,
  isPanelDefault: boolean,
): Promise<JobProgress | undefined> {
  const kind = kindOf(options, isPanelDefault);
  if (kind === undefined) return undefined;
  if (kind === "panel" && !isTerminal(2)) return undefined;
  const { openProgress, wantsPanel } = await import("../../../output/progress/progress.ts");
  const isUngrouped = options.grouping === "none" || options.tty || options.interactive;
  if (kind === "panel" && !wantsPanel({ isUngrouped, env })) return undefined;
  return { ...openProgress({ kind }), needsTotal: kind === "bar" || kind === "eta" };
}

function kindOf(options: Options, isPanelDefault: boolean): ProgressKind | undefined {
  if (options.bar) return "bar";
  if (options.eta) return "eta";
  if (options.progress) return "progress";
  return isPanelDefault ? "panel" : undefined;
}
