import type { OptionRow } from "./row.ts";

export const recordRows: readonly OptionRow[] = [
  {
    name: "joblog",
    aliases: ["jl"],
    value: "string",
    valueName: "FILE",
    status: "supported",
    topic: "records",
    help: "Write a line about each job that has ended to FILE; +FILE appends",
  },
  {
    name: "resume",
    status: "supported",
    topic: "records",
    help: "Leave out the jobs that --joblog or --results already has",
  },
  {
    name: "resume-failed",
    aliases: ["resumefailed"],
    status: "supported",
    topic: "records",
    help: "Like --resume, and run the failed jobs again",
  },
  {
    name: "retry-failed",
    aliases: ["retryfailed"],
    status: "supported",
    topic: "records",
    help: "Run only the failed jobs of --joblog again, with the commands in it",
  },
  {
    name: "detach",
    status: "supported",
    topic: "records",
    help: "Print the id of the job and return at once; the job goes on",
    own: true,
  },
  {
    name: "json",
    status: "supported",
    topic: "records",
    help: "Print a JSON object for each job and its output instead of the output",
    own: true,
  },
  {
    name: "no-journal",
    status: "supported",
    topic: "records",
    help: "Keep no record of this run",
    own: true,
  },
  {
    name: "keep-output",
    value: "string",
    valueName: "SIZE|all|none",
    status: "supported",
    topic: "records",
    help: "How much of each output the record keeps for yonder logs",
    own: true,
  },
];
