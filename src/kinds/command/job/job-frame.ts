import type { ByteString } from "../../../bytes/bytes.ts";
import type { JobPolicy } from "../../../core/policy.ts";
import { createDriver } from "../../../driver/create-driver.ts";
import type { Driver } from "../../../driver/driver.ts";
import { createObservers, type Observers } from "../../../driver/observers.ts";
import { type Earlier, earlierOf } from "../../../driver/record/earlier.ts";
import type { ResumedJob } from "../../../journal/resume.ts";
import type { JournalWriter } from "../../../journal/writer.ts";
import type { OptionWorld } from "../../../options/defaults.ts";
import type { Options } from "../../../options/options.ts";
import type { CommandLine } from "../../../options/parse.ts";
import type { ThereAlready } from "../../../output/writer-types.ts";
import type { CommandTask } from "../command-task.ts";
import { withoutDeadHosts } from "../hosts/filter.ts";
import { thereAlready } from "../output/reshow.ts";
import { hasOtherHosts } from "../slots/open-launchers.ts";
import { type JobProgress, openJobProgress } from "./job-progress.ts";
import { type JobStops, jobStops } from "./job-stops.ts";
import { type Notes, openNotes } from "./messages.ts";
import { policyOf } from "./policy.ts";
import type { StandardInput } from "./standard-input.ts";

/** What a job of commands is asked to do. */
export interface JobRequest {
  readonly line: CommandLine;
  readonly env: NodeJS.ProcessEnv;
  readonly journal: JournalWriter;
  readonly stdin: StandardInput;
  /** Where files of hosts are read again. */
  readonly world: OptionWorld;
  /** The run before, where this one goes on with it. */
  readonly resumed?: ResumedJob;
  /** Some of what that run had, or would have had, is not known any more. */
  readonly isInputLost?: boolean;
  readonly name: string;
  /** What is said before all else: a line each, without the program's name. */
  readonly notes?: readonly ByteString[];
}

/** What all parts of a job share: what was asked for, who decides, and how the person hears of it. */
export interface JobFrame extends Omit<JobRequest, "notes"> {
  readonly options: Options;
  /** The same, without what each of several hosts looks at by itself. */
  readonly gated: Options;
  readonly policy: JobPolicy;
  readonly isYonder: boolean;
  readonly isInputLost: boolean;
  readonly earlier: Earlier;
  /** What the files that are written to have of what is shown first. */
  readonly there: ThereAlready | undefined;
  /** One of these files ends in the middle of an output. */
  readonly isTorn: () => boolean;
  readonly notes: Notes;
  readonly say: Notes["say"];
  readonly progress: JobProgress | undefined;
  readonly observers: Observers<CommandTask>;
  readonly driver: Driver<CommandTask>;
  readonly stops: JobStops;
}

export async function openFrame(request: JobRequest): Promise<JobFrame> {
  const { env, journal, resumed, isInputLost = false, name } = request;
  const given = request.line.options;
  const isYonder = name === "yonder";
  const progress = await openJobProgress(given, env, isYonder && !given.dryRun);
  const there = resumed && thereAlready(resumed, given);
  const isTorn = (): boolean => there !== undefined && there.stdout.bytes + there.stderr.bytes > 0;
  const notes = openNotes({ name, journal, isTorn });
  const { say } = notes;
  for (const note of request.notes ?? []) say(note);
  const line = await withoutDeadHosts(request.line, env, say);
  const { options } = line;
  const gated = gatedHere(options);
  const policy = policyOf(gated);
  const observers = createObservers<CommandTask>();
  const driver = createDriver({ policy, observer: observers });
  return {
    ...request,
    line,
    options,
    gated,
    policy,
    isYonder,
    isInputLost,
    earlier: earlierOf(resumed),
    there,
    isTorn,
    notes,
    say,
    progress,
    observers,
    driver,
    stops: jobStops(driver, say),
  };
}

/** Among several hosts each has a gate of its own: see watchHost. */
function gatedHere(options: Options): Options {
  return hasOtherHosts(options)
    ? { ...options, load: undefined, memfreeBytes: undefined, noswap: false }
    : options;
}
