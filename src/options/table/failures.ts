import type { OptionRow } from "./row.ts";

export const failureRows: readonly OptionRow[] = [
  {
    name: "halt",
    aliases: ["halt-on-error", "haltonerror"],
    value: "string",
    valueName: "WHEN,WHY",
    values: [
      "never",
      ...["soon", "now"].flatMap((when) =>
        ["fail=1", "success=1", "done=1", "fail=10%"].map((why) => `${when},${why}`),
      ),
    ],
    status: "supported",
    topic: "failures",
    help: "Stop early: never, or now|soon,fail|success|done=N or N%",
  },
  {
    name: "ok",
    value: "string",
    valueName: "LIST",
    repeatable: true,
    status: "supported",
    topic: "failures",
    help: "Exit statuses that count as success beside 0, as 1 of grep and diff: 0,1 or 1-9,20",
    own: true,
  },
  {
    name: "timeout",
    value: "string",
    valueName: "TIME",
    status: "supported",
    topic: "failures",
    help: "Kill a job that runs longer than TIME, or N% of the median",
  },
  {
    name: "retries",
    value: "string",
    valueName: "N",
    status: "supported",
    topic: "failures",
    help: "Run a job that fails up to N times in all; 0 is no limit; N may hold replacement strings",
  },
  {
    name: "term-seq",
    aliases: ["termseq"],
    value: "string",
    valueName: "SEQ",
    values: ["TERM,200,TERM,100,TERM,50,KILL,25", "INT,1000,TERM,1000,KILL,25"],
    status: "supported",
    topic: "failures",
    help: "How to kill: signals and waits in ms; TERM,200,TERM,100,TERM,50,KILL,25",
  },
];
