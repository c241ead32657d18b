import type { OptionRow } from "./row.ts";

export const progressRows: readonly OptionRow[] = [
  {
    name: "bar",
    status: "supported",
    topic: "progress",
    help: "Show a bar with the part that is done and the time left",
  },
  {
    name: "eta",
    status: "supported",
    topic: "progress",
    help: "Show the estimated time left; implies --progress",
  },
  {
    name: "progress",
    status: "supported",
    topic: "progress",
    help: "Show how many jobs run and are done",
  },
  {
    name: "total-jobs",
    aliases: ["totaljobs", "total"],
    value: "string",
    valueName: "N",
    status: "supported",
    topic: "progress",
    help: "Say how many jobs there will be, so that the input need not be read first",
  },
];
