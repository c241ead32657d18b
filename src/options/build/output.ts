import type { ByteString } from "../../bytes/bytes.ts";
import { YonderError } from "../../interface/errors.ts";
import type { Given } from "../given.ts";
import type { OutputOptions, ProgressOptions, RecordOptions } from "../options.ts";
import type { Grouping, Joblog, Parset } from "../values.ts";
import { countOf } from "./number.ts";

/** As in GNU parallel's --tagstring: no others, and a backslash before one does not keep it from being one. */
const ESCAPE = /\\(?:([nrt])|([0-7]{1,3}))/g;
const LETTERS: { readonly [letter: string]: ByteString } = { n: "\n", r: "\r", t: "\t" };

export function outputOptions(given: Given): OutputOptions {
  const tagstring = given.last("tagstring") ?? given.last("ctagstring");
  return {
    // --no-keep-order and --silent win wherever they stand, as in GNU parallel.
    keepOrder: given.flag("keep-order") && !given.flag("no-keep-order"),
    grouping: groupingOf(given),
    latestLine: given.flag("latest-line"),
    tag: given.flag("tag") || given.flag("ctag"),
    tagstring: tagstring?.replace(ESCAPE, (_, letter, octal) =>
      letter !== undefined ? LETTERS[letter]! : String.fromCharCode(Number.parseInt(octal, 8) & 255),
    ),
    color: given.flag("color") || given.flag("ctag") || given.flag("ctagstring"),
    colorFailed: given.flag("color-failed"),
    verbose: given.flag("silent") ? 0 : given.count("v"),
    printOnStderr: given.flag("verbose"),
    dryRun: given.flag("dry-run"),
    files: given.flag("files"),
    results: given.last("results"),
    compress: given.flag("compress") || given.flag("compress-program"),
    compressProgram: given.last("compress-program"),
    decompressProgram: given.last("decompress-program"),
    tmpdir: given.last("tmpdir"),
    tmux: given.flag("tmux"),
    tmuxpane: given.flag("tmuxpane"),
    parset: parsetOf(given.last("_parset")),
  };
}

function groupingOf(given: Given): Grouping {
  const asked = ["group", "ungroup", "line-buffer"].filter((name) => given.flag(name));
  if (asked.length > 1) {
    throw new YonderError("USAGE", { message: `--${asked[0]} cannot be combined with --${asked[1]}.` });
  }
  if (given.flag("ungroup")) return "none";
  if (given.flag("line-buffer") || given.flag("latest-line")) return "line";
  return given.flag("tty") && !given.flag("group") ? "none" : "group";
}

function parsetOf(text: ByteString | undefined): Parset | undefined {
  if (text === undefined) return undefined;
  const [type, ...rest] = text.split(",") as [ByteString, ...ByteString[]];
  if (type !== "assoc" && type !== "var") {
    throw new YonderError("USAGE", { message: `--_parset must begin with assoc, or var,: ${text}` });
  }
  const names = rest.flatMap((part) => part.split(/\s+/)).filter((name) => name !== "");
  const bad = names.find((name) => !/^[A-Za-z_]\w*(?:\[.*\])?$/.test(name));
  if (bad !== undefined || names.length === 0) {
    throw new YonderError("USAGE", {
      message: `${bad ?? "''"} is an invalid variable name.`,
      remedy: "Variable names must be letter followed by letters or digits.",
    });
  }
  return { type, names };
}

export function progressOptions(given: Given): ProgressOptions {
  return {
    bar: given.flag("bar"),
    eta: given.flag("eta"),
    progress: given.flag("progress") || given.flag("eta"),
    totalJobs: countOf(given, "total-jobs", 0),
  };
}

export function recordOptions(given: Given): RecordOptions {
  const joblog = joblogOf(given.last("joblog"));
  const resumes = given.flag("resume") || given.flag("resume-failed");
  if (resumes && !joblog && !given.last("results")) {
    throw new YonderError("USAGE", {
      message: "--resume and --resume-failed require --joblog or --results.",
    });
  }
  return {
    joblog,
    resume: resumes,
    resumeFailed: given.flag("resume-failed"),
    retryFailed: given.flag("retry-failed") && joblog !== undefined,
  };
}

function joblogOf(text: ByteString | undefined): Joblog | undefined {
  if (!text) return undefined;
  return text.startsWith("+") ? { path: text.slice(1), append: true } : { path: text, append: false };
}
