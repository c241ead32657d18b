import { tmpdir } from "node:os";
import { type ByteString, encodeText } from "../../../bytes/bytes.ts";
import type { ResumedJob } from "../../../journal/resume.ts";
import type { JournalWriter } from "../../../journal/writer.ts";
import type { Options } from "../../../options/options.ts";
import { parseResults } from "../../../output/results.ts";
import { readJoblog } from "../../../output/resume.ts";
import type { Earlier, SinkOptions } from "../../../output/sink-types.ts";
import { captureDirectory } from "../job/job-journal.ts";

export interface SinkContext {
  readonly options: Options;
  readonly journal: JournalWriter;
  /** Names of the columns, where a header gave them. */
  readonly names: readonly ByteString[];
  /** The reader of our standard output has gone. */
  readonly onClosed: () => void;
  readonly onError: SinkOptions["onError"];
  readonly onShown: (seq: number) => void;
  readonly onWritten: SinkOptions["onWritten"] & {};
  /** Progress that stands below the output. */
  readonly overlay: SinkOptions["overlay"] | undefined;
  /** What an earlier run has written of what is shown first. */
  readonly there: SinkOptions["there"] | undefined;
  readonly resumed: ResumedJob | undefined;
}

/** How a job's output is shown, from the command line. */
export function sinkOptions(context: SinkContext): SinkOptions {
  const { options, journal, names } = context;
  const directory = captureDirectory(journal);
  const hasNames = names.some((name) => name !== "");
  return {
    grouping: options.latestLine ? "latest" : options.grouping,
    keepOrder: options.keepOrder || options.onall,
    tmpdir: options.tmpdir ?? encodeText(tmpdir()),
    ...(directory !== undefined && { captureDirectory: directory }),
    ...showCommand(options),
    ...(journal.id !== "" && { run: { job: journal.id, isResumed: context.resumed !== undefined } }),
    ...(options.colorFailed ? { color: "failed" } : options.color ? { color: "task" } : {}),
    files: options.files,
    ...(options.dryRun && { dryRun: true }),
    ...(options.compress && { compressProgram: options.compressProgram ?? "gzip" }),
    ...(options.json && options.results === undefined && { json: true }),
    ...(options.results !== undefined && {
      results: parseResults(options.results, hasReplacementString(options), hasNames ? names : undefined),
    }),
    ...(options.joblog !== undefined && {
      joblog: {
        name: options.joblog.append ? `+${options.joblog.path}` : options.joblog.path,
        resume:
          options.resume || options.resumeFailed || options.retryFailed || context.resumed !== undefined,
      },
    }),
    ...(context.resumed && { earlier: earlierOf(options, context.resumed) }),
    ...(options.parset !== undefined && { parset: options.parset }),
    // What is shown must be in the journal first: see journal/writer.ts.
    beforeWrite: () => journal.flush(),
    onShowing: (seq, stdoutBytes, stderrBytes) =>
      journal.showing(seq, stdoutBytes + stderrBytes > 0 || showsAlways(options)),
    onClosing: (bytes) => journal.closing(bytes),
    ...(context.there && { there: context.there }),
    onShown: context.onShown,
    onWritten: context.onWritten,
    ...(context.overlay && { overlay: context.overlay }),
    onClosed: (fd) => {
      if (fd === 1) context.onClosed();
    },
    onError: context.onError,
  };
}

function earlierOf(options: Options, resumed: ResumedJob): Earlier {
  return {
    isDone: (seq) => resumed.done(seq),
    isLogged: loggedBefore(options, resumed),
    shownCount: resumed.shownCount,
    closedBytes: resumed.closedBytes,
  };
}

/** What is shown again may have its line in the joblog. */
function loggedBefore({ joblog }: Options, { pending }: ResumedJob): (seq: number) => boolean {
  if (joblog === undefined || pending.length === 0) return () => false;
  const earlier = readJoblog(joblog.path);
  const logged = new Set(pending.filter((seq) => earlier.hasRun(seq)));
  return (seq) => logged.has(seq);
}

/** Something is said even of a task without output. */
function showsAlways({ verbose, files, joblog, json, results, parset }: Options): boolean {
  return (
    verbose > 0 || files || json || joblog !== undefined || results !== undefined || parset !== undefined
  );
}

function showCommand(options: Options): Pick<SinkOptions, "showCommand"> {
  if (options.printOnStderr) return { showCommand: "stderr" };
  return options.verbose > 0 || options.dryRun ? { showCommand: "stdout" } : {};
}

/** --results with files of their own for each task's two outputs. */
export function keepsBoth({ results }: Options): boolean {
  return results !== undefined && parseResults(results, false).type !== "table";
}

/** Whether --results names a file for each job, or one directory for all. */
export function hasReplacementString({ results }: Options): boolean {
  return results !== undefined && /\{.*\}/s.test(results);
}
