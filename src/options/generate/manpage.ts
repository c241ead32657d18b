import { spellings } from "../help/spelling.ts";
import { extraTopics, type TopicText, topicTexts } from "../help/topics.ts";
import { type OptionRow, TOPICS } from "../table/row.ts";
import { optionTable } from "../table/table.ts";
import { GNU_VERSION } from "../version.ts";

/** The manual page of yonder, as roff. The same for the same table, so that the checked-in file can be compared. */
export function manpage(version: string): string {
  return [
    `.\\" Written by build/man.ts from the table of options; do not edit.`,
    `.TH YONDER 1 "" "yonder ${version}" "User Commands"`,
    ...INTRODUCTION,
    ".SH OPTIONS",
    "Options end at the first word that is none. Long names may be abbreviated.",
    ...TOPICS.flatMap((topic) => section(topicTexts[topic], rowsOf(topic))),
    ".SH JOBS AND FILES",
    ...Object.values(extraTopics).flatMap((topic) => section(topic, [])),
    ...CONCLUSION,
    "",
  ].join("\n");
}

function rowsOf(topic: string): OptionRow[] {
  return optionTable.filter((row) => row.topic === topic && !row.hidden);
}

function section(topic: TopicText, rows: readonly OptionRow[]): string[] {
  return [`.SS ${roff(topic.title)}`, ...paragraphs(topic.text), ...rows.flatMap(option)];
}

function paragraphs(text: string): string[] {
  return text.split("\n\n").flatMap((paragraph, index) => {
    const lines = paragraph.split("\n").map(roff);
    const gap = index === 0 ? [] : [".PP"];
    return paragraph.includes("\n ") || paragraph.startsWith(" ")
      ? [...gap, ".nf", ...lines, ".fi"]
      : [...gap, ...lines];
  });
}

function option(row: OptionRow): string[] {
  const names = spellings(row, "all").map((name) => `\\fB${roff(name)}\\fR`);
  return [".TP", names.join(", "), `${roff(row.help)}.${statusText(row)}`];
}

function statusText({ status, own }: OptionRow): string {
  if (own) return " Only under the name yonder.";
  if (typeof status === "string") return "";
  if ("differs" in status) return ` Here: ${roff(status.differs)}.`;
  return "refused" in status ? ` Not supported: ${roff(status.refused)}.` : "";
}

/** Text that roff shows as it is: no escapes, no requests, and hyphens that can be copied into a shell. */
function roff(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^(?=[.'])/, "\\&")
    .replaceAll("'", "\\(aq")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll("`", "\\(ga");
}

const INTRODUCTION = [
  ".SH NAME",
  "yonder, parallel, sem \\- run a command for each input, several at a time",
  ".SH SYNOPSIS",
  ".nf",
  "\\fByonder\\fR [\\fBrun\\fR] [options] [command [arguments]] < inputs",
  "\\fByonder\\fR [\\fBrun\\fR] [options] [command [arguments]] (\\fB:::\\fR inputs | \\fB::::\\fR files) ...",
  "\\fByonder\\fR \\fB\\-\\-pipe\\fR [options] [command [arguments]] < data",
  "\\fByonder\\fR (\\fBjobs\\fR | \\fBshow\\fR | \\fBlogs\\fR | \\fBwait\\fR | \\fBcancel\\fR | \\fBresume\\fR | \\fBexplain\\fR | \\fBgc\\fR) ...",
  "\\fByonder\\fR (\\fBput\\fR | \\fBget\\fR | \\fBcat\\fR | \\fBls\\fR | \\fBstat\\fR | \\fBcar\\fR | \\fBpin\\fR | \\fBname\\fR | \\fBverify\\fR) ...",
  "\\fByonder doctor\\fR [\\fB\\-S\\fR hosts] ...",
  "\\fBparallel\\fR [options] [command [arguments]] ...",
  "\\fBsem\\fR [options] command",
  ".fi",
  ".SH DESCRIPTION",
  "yonder runs a command for each line of its input, or for each word after :::, as many at a time as the machine",
  "has CPUs, and shows the output of each whole. Without a command, the inputs are the commands.",
  ".PP",
  `Under the names parallel and sem it takes the place of GNU parallel ${GNU_VERSION}. Under its own name it knows`,
  "a few options more. Words after yonder that name one of its commands are that command; yonder run is there for a",
  "command to run that has such a name.",
];

const CONCLUSION = [
  ".SH ENVIRONMENT",
  ...[
    ["PARALLEL", "options, before those of the command line"],
    ["PARALLEL_HOME", "the directory of profiles and semaphores; ~/.parallel unless set"],
    ["PARALLEL_SHELL", "the shell of the jobs"],
    ["TMPDIR", "the directory for temporary files"],
    ["XDG_STATE_HOME", "where the records of jobs are; ~/.local/state unless set"],
    ["YONDER_STORE", "the directory of the store"],
    ["XDG_DATA_HOME", "where the store is, in yonder/store, without YONDER_STORE; ~/.local/share unless set"],
    [
      "PARALLEL_SEQ, PARALLEL_JOBSLOT, PARALLEL_PID",
      "set for each job: its number, its slot, yonder's process",
    ],
  ].flatMap(([name, text]) => [".TP", `\\fB${name}\\fR`, `${roff(text!)}.`]),
  ".SH EXIT STATUS",
  ...[
    ["0", "all jobs succeeded"],
    ["1 to 100", "the number of jobs that failed; with --halt and percentages, the percentage"],
    ["101", "more than 100 jobs failed"],
    ["255", "the command line or the input is wrong, or yonder could not go on"],
  ].flatMap(([name, text]) => [".TP", `\\fB${name}\\fR`, `${roff(text!)}.`]),
  ".SH SEE ALSO",
  "xargs(1), make(1), sh(1)",
];
